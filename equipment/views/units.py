"""One unit or place: what has it, what comes, its logbook; what engineering does to a unit."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import access_of
from accounts.permissions import ROLES, Permission
from equipment import selectors
from equipment.enums import ClaimState, UnitStatus
from equipment.forms import Calibrated, UnitAct, UnitCapabilities
from equipment.models import Claim, Place, Unit
from equipment.services import units
from equipment.views.rooms import state
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.models import Entry
from records.presenters import sentence
from records.reading import reading, the_one
from records.web import actor_of, command_from

MOST_ENTRIES = 200


@requires("equipment.read")
@require_safe
def unit(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Show a unit with its logbook (21 CFR 211.182)."""
    return render(request, "equipment/unit.html", _unit(request, unit, UnitAct()))


@requires("equipment.read")
@require_safe
def place(request: HttpRequest, place: UUID) -> HttpResponse:
    """Show a place with its bookings and its logbook."""
    found = the_one(Place.objects.select_related("room").filter(id=place))
    context = {
        "place": found,
        "units": found.units.order_by("code"),
        "alarms": list(selectors.alarms_at(place).standing()),
    }
    return render(request, "equipment/place.html", context | resource_page(request, place))


@requires("equipment.manage")
@require_POST
def do(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Calibrate, clean, take out of service or bring back: the button names it."""
    form = (Calibrated if request.POST.get("action") == "calibrate" else UnitAct)(request.POST)
    refused: Refusal | None = None
    if form.is_valid():
        try:
            _do(request, unit, form.cleaned_data)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("equipment:unit", unit=unit)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {**_unit(request, unit, form), "refused": refused}
        status = refused.status if refused else 400
        return render(request, "equipment/unit.html", context, status=status)


@requires("equipment.manage")
@require_POST
def capabilities(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Say what a unit can do: what is written, or all that is asked of its class."""
    form = UnitCapabilities(request.POST, auto_id="can_%s")
    refused: Refusal | None = None
    if form.is_valid():
        try:
            _set_capabilities(request, unit, form.cleaned_data)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("equipment:unit", unit=unit)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {**_unit(request, unit, UnitAct()), "can_form": form, "refused": refused}
        status = refused.status if refused else 400
        return render(request, "equipment/unit.html", context, status=status)


def _set_capabilities(request: HttpRequest, unit: UUID, values: dict[str, Any]) -> None:
    can = None if request.POST.get("action") == "all" else values["capabilities"]
    said = {"unit": str(unit), "capabilities": can, "reason": values["reason"]}
    units.set_capabilities(
        command=command_from(request, "unit.capabilities", said), unit=unit, capabilities=can,
        reason=values["reason"], seq=values["seq"],
    )  # fmt: skip


def _do(request: HttpRequest, unit: UUID, values: dict[str, Any]) -> None:
    action, text, due = request.POST.get("action"), values["text"], values["due"]
    seq = values["seq"]
    command = command_from(request, f"unit.{action}", {"unit": str(unit), "text": text})
    match action:
        case "calibrate":
            units.calibrate_unit(command=command, unit=unit, due=due, certificate=text, seq=seq)
        case "clean":
            units.clean_unit(command=command, unit=unit, procedure=text, due=due, seq=seq)
        case "stop":
            status = UnitStatus.OUT_OF_SERVICE
            units.set_unit_status(command=command, unit=unit, status=status, reason=text, seq=seq)
        case "return":
            status = UnitStatus.AVAILABLE
            units.set_unit_status(command=command, unit=unit, status=status, reason=text, seq=seq)
        case _:
            raise NotFound()


def _unit(request: HttpRequest, unit: UUID, form: UnitAct) -> dict[str, Any]:
    found = the_one(Unit.objects.select_related("place__room").filter(id=unit))
    stopped = found.status == UnitStatus.OUT_OF_SERVICE
    acts = [
        ("calibrate", _("Record a calibration")),
        ("clean", _("Record a cleaning")),
        ("return", _("Bring back into service")) if stopped else ("stop", _("Out of service")),
    ]
    can = UnitCapabilities(
        initial={"capabilities": ", ".join(found.capabilities or ())}, auto_id="can_%s"
    )
    page = {"unit": found, "state": state(found), "form": form, "acts": acts, "can_form": can}
    page["alarms"] = list(selectors.alarms_around([unit]).standing())
    return page | resource_page(request, unit)


def resource_page(
    request: HttpRequest, resource: UUID, *, on: Collection[UUID] | None = None
) -> dict[str, Any]:
    """Return logbook and bookings of a place or unit; those of a room are ``on`` its places."""
    entries = Entry.objects.filter(stream=resource).order_by("-seq")[:MOST_ENTRIES]
    events = [_event(json.loads(bytes(entry.body))) for entry in entries]
    return {
        "events": events,
        "seq": entries[0].seq if events else 0,
        "table": _bookings(
            list(selectors.claims_on([resource] if on is None else on)),
            linked=may_read(request),
            named=on is not None,
        ),
    }


def _event(envelope: dict[str, Any]) -> dict[str, Any]:
    role = envelope["role"]
    who = _("%(who)s, %(role)s") % {
        "who": envelope["actor"]["name"],
        "role": ROLES[role].title if role in ROLES else role,
    }
    refused = envelope["kind"] == "attempt.refused"
    event = {"at": datetime.fromisoformat(envelope["at"]), "text": sentence(envelope), "note": who}
    return {**event, "sign": "warning", "sign_word": _("refused")} if refused else event


def may_read(request: HttpRequest) -> bool:
    """Whether the batch of a booking may be opened by whoever looks."""
    access = access_of(request)
    return bool(access and access.may(Permission.BATCHES_READ))


def _bookings(claims: list[Claim], *, linked: bool, named: bool) -> dict[str, Any]:
    return {
        "caption": _("Bookings"),
        "columns": [
            *([{"label": _("Place")}] if named else []),
            {"label": _("Batch")},
            {"label": _("Stage")},
            {"label": _("From")},
            {"label": _("Free again")},
            {"label": _("State")},
        ],
        "rows": [{"cells": _booking(claim, linked=linked, named=named)} for claim in claims],
        "empty": _("Not booked."),
    }


def _booking(claim: Claim, *, linked: bool, named: bool) -> list[dict[str, Any]]:
    conflict = claim.state == ClaimState.IN_CONFLICT
    return [
        *([{"text": claim.resource_label}] if named else []),
        {
            "text": claim.holder_label,
            "mark": claim.holder_mark,
            "url": f"/batches/{claim.holder}/" if linked else "",
        },
        {"text": claim.purpose},
        {"at": claim.start},
        {"at": claim.end},
        {
            "text": claim.get_state_display(),
            **({"sign": "warning", "sign_word": _("abnormal")} if conflict else {}),
        },
    ]
