"""Receiving a bag against two identifiers, at the bench."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mes.lib.access import requires
from mes.lib.ids import uuid7
from mes.lib.refusals import Interlock, NotFound, Refusal
from orders import selectors, services
from orders.exceptions import ReceiptMismatch
from orders.forms import ReceiveBag
from orders.views.common import answer, page_reading
from records.commands import Reply
from records.web import command_from


@requires("orders.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, order: UUID) -> HttpResponse:
    """Receive one bag as this patient's, or set it apart when its identity is not proven."""
    if request.method != "POST":
        return render(request, "orders/receive.html", _context(order, ReceiveBag()))
    form, refused = ReceiveBag(request.POST), None
    if form.is_valid():
        try:
            reply = _receive(request, order, form)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            _say(request, reply)
            return redirect("orders:order", order=order)
    with page_reading(request):
        context = {**_context(order, form), "apart": _may_be_set_apart(request, refused)}
        if refused is not None and refused.interlock is Interlock.ABSOLUTE:
            context["wrong"] = refused.field
        return answer(request, "orders/receive.html", context, form=form, refused=refused)


def _receive(request: HttpRequest, order: UUID, form: ReceiveBag) -> Reply:
    """Do what the pressed button names."""
    said = {"order": str(order), **form.payload()}
    receipt = form.receipt(uuid7())
    if request.POST.get("action") == "apart":
        return services.set_collection_apart(
            command=command_from(request, "collection.set_apart", said),
            order=order,
            receipt=receipt,
            reason=form.cleaned_data["reason"],
        )
    return services.receive_collection(
        command=command_from(request, "collection.receive", said), order=order, receipt=receipt
    )


def _may_be_set_apart(request: HttpRequest, refused: Refusal | None) -> bool:
    """Only a failed identity offers it, and the page on which it was refused for its reason."""
    return isinstance(refused, ReceiptMismatch) or request.POST.get("action") == "apart"


def _say(request: HttpRequest, reply: Reply) -> None:
    words = {"label": reply["label"], "doubt": reply["doubt"]}
    if reply["doubt"]:
        text = _("Bag %(label)s stands in quarantine: %(doubt)s") % words
    else:
        text = _("Bag %(label)s is received.") % words
    messages.success(request, text, extra_tags="right")


def _context(order: UUID, form: ReceiveBag) -> dict[str, Any]:
    found = selectors.order_of(order)
    return {
        "order": found,
        "form": form,
        "collections": selectors.collections_of(order),
        "identifiers": [
            _identifier(form, 1, "first", "&/", _("Chain of identity"),
                        _("The square code beside the patient's mark")),
            _identifier(form, 2, "second", "", _("Donation number, or the patient's pseudonym"),
                        _("Another code of the bag or its papers; not the first one again")),
        ],
    }  # fmt: skip


def _identifier(
    form: ReceiveBag, number: int, name: str, accepts: str, label: str, hint: str
) -> dict[str, Any]:
    how = form.data.get(f"{name}_how", "") if form.is_bound else ""
    return {
        "number": number, "name": name, "accepts": accepts, "label": label, "hint": hint,
        "value": form.data.get(name, "") if form.is_bound else "", "how": how or "typed",
        # Asked when it is drawn: a refusal is added to the form after this.
        "field": form[name],
    }  # fmt: skip
