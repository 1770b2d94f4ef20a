"""Who a patient is: shown on demand, each time as an entry; recorded; erased."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from orders import rules, selectors, services
from orders.forms import RecordIdentity, ShowIdentity, Why
from orders.models import Order, Patient
from orders.views.common import answer, events, page_reading, reader_of
from records.selectors import lines
from records.trail import holding
from records.web import actor_of, command_from

PAGE = "orders/identity.html"
MOST_TOLD = 50


@requires("orders.identity")
@require_safe
@never_cache
def identity(request: HttpRequest, order: UUID) -> HttpResponse:
    """Show the panel: what is recorded, who looked; the data only after a purpose is given."""
    return render(request, PAGE, _context(request, order))


@requires("orders.identity")
@require_POST
@never_cache
def show(request: HttpRequest, order: UUID) -> HttpResponse:
    """Show the identity once; that somebody looked is an entry first."""
    form, refused, shown = ShowIdentity(request.POST), None, None
    patient = _patient(request, order)
    if form.is_valid():
        purpose = form.cleaned_data["purpose"]
        said = {"patient": str(patient), "purpose": purpose}
        try:
            command = command_from(request, "identity.show", said)
            shown = services.show_identity(command=command, patient=patient, purpose=purpose)
        except Refusal as refusal:
            refused = refusal
    with page_reading(request):
        context = {**_context(request, order), "show_form": form, "shown": shown}
        context |= _told_in(request, shown)
        if shown is not None:
            return render(request, PAGE, context)
        return answer(request, PAGE, context, form=form, refused=refused)


@requires("orders.identity")
@sensitive_post_parameters()
@require_POST
def record(request: HttpRequest, order: UUID) -> HttpResponse:
    """Seal or replace the identifying data."""
    form, refused = RecordIdentity(request.POST), None
    patient = _patient(request, order)
    if form.is_valid():
        try:
            command = command_from(request, "identity.record", {"patient": str(patient)})
            services.record_identity(command=command, patient=patient, identity=form.identity())
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:identity", order=order)
    with page_reading(request):
        context = {**_context(request, order), "record_form": form}
        return answer(request, PAGE, context, form=form, refused=refused)


@requires("orders.identity")
@require_POST
def erase(request: HttpRequest, order: UUID) -> HttpResponse:
    """Destroy the key of the patient's identity; asked for twice by its own confirmation."""
    form, refused = Why(request.POST), None
    patient = _patient(request, order)
    if form.is_valid() and request.POST.get("sure") == "yes":
        reason = form.cleaned_data["text"]
        said = {"patient": str(patient), "reason": reason}
        try:
            command = command_from(request, "identity.erase", said)
            services.erase_identity(command=command, patient=patient, reason=reason)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:identity", order=order)
    with page_reading(request):
        context = {**_context(request, order), "erase_form": form}
        return answer(request, PAGE, context, form=form, refused=refused)


def _patient(request: HttpRequest, order: UUID) -> UUID:
    with page_reading(request):
        found = selectors.order_of(order)
        rules.check_may_see(actor_of(request), found)
        return found.patient


def _told_in(request: HttpRequest, shown: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the entries whose text holds what identifies the patient: no erasure takes it out.

    Nobody from outside looks through the trail of a site.
    """
    words = [shown[name] for name in ("name", "hospital_number") if shown and shown.get(name)]
    if not words or reader_of(actor_of(request)) is not None:
        return {}
    try:
        return {"told_in": lines(holding(words, most=MOST_TOLD)[:MOST_TOLD])}
    except Refusal as refusal:
        return {"not_searched": refusal}


def _context(request: HttpRequest, order: UUID) -> dict[str, Any]:
    found: Order = selectors.order_of(order)
    actor = actor_of(request)
    rules.check_may_see(actor, found)
    patient: Patient = selectors.patient_of(found)
    if patient.site is None:
        raise NotFound()
    return {
        "order": found,
        "patient": patient,
        "events": events(selectors.history(patient.id), reader=reader_of(actor)),
        "show_form": ShowIdentity(),
        "record_form": RecordIdentity(),
        "erase_form": Why(initial={"seq": 0}),
    }
