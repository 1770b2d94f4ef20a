"""Rooms and units as a live list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from equipment import selectors
from equipment.floor import Line, RoomLines, floor, trouble
from equipment.models import Alarm, Place, Room, Unit
from mes.lib import clock
from mes.lib.access import requires
from mes.ui.text import day_text


@requires("equipment.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List rooms, places and units with the batch that has each."""
    return render(request, "equipment/index.html", _list())


@requires("accounts.manage")
@require_safe
def places_to_choose(request: HttpRequest) -> HttpResponse:
    """Offer the places of the site where a tablet may stand: a fragment of the page of tablets."""
    places = Place.objects.select_related("room").order_by("room__code", "number")
    context = {"places": places, "field": request.GET.get("field", "")[:20]}
    return render(request, "equipment/places_to_choose.html", context)


@requires("equipment.read")
@require_safe
@conditional_page
def live(request: HttpRequest) -> HttpResponse:
    """Answer a poll of the list; 304 while nothing in it changed."""
    return render(request, "equipment/rooms.html", _list())


def _list() -> dict[str, Any]:
    return {"rooms": _rooms(), "alarms": list(Alarm.objects.standing())}


def _rooms() -> list[dict[str, Any]]:
    return [_room(room) for room in floor()]


def _room(lines: RoomLines) -> dict[str, Any]:
    room = lines.room
    return {
        "title": room.name if room else _("Movable units"),
        "url": reverse("equipment:room", args=[room.id]) if room else "",
        "note": ", ".join(_note(room)) if room else "",
        "table": {
            "caption": room.name if room else _("Movable units"),
            "columns": [
                {"label": _("Place")},
                {"label": _("Unit"), "css": "id"},
                {"label": _("Batch there now")},
                {"label": _("Until")},
                {"label": _("Next")},
                {"label": _("Calibration due"), "css": "may-fold"},
                {"label": _("State"), "css": "may-fold"},
            ],
            "rows": [{"cells": _cells(line)} for line in lines.lines],
            "empty": _("No place yet. Engineering makes the first one."),
        },
    }


def _note(room: Room) -> list[str]:
    return [room.room_class, str(room.get_policy_display()), selectors.room_hours(room)]


def _cells(line: Line) -> list[dict[str, Any]]:
    place, unit, held, following = line.place, line.unit, line.held, line.following
    overrun = held is not None and clock.now() >= held.work_end
    return [
        {
            "text": place.label if place else _("movable"),
            "url": reverse("equipment:place", args=[place.id]) if place else "",
        },
        {
            "text": unit.code if unit else "",
            "url": reverse("equipment:unit", args=[unit.id]) if unit else "",
            "css": "id",
        },
        {"text": held.holder_label, "mark": held.holder_mark} if held else {"text": _("free")},
        _until(held.end, overrun=overrun) if held else {"text": ""},
        {"text": following.holder_label, "mark": following.holder_mark} if following else {},
        {
            "text": day_text(unit.calibration_due) if unit and unit.calibration_due else "–",
            "css": "may-fold",
        },
        {**state(unit), "css": "may-fold"} if unit else {"text": "", "css": "may-fold"},
    ]


def _until(end: Any, *, overrun: bool) -> dict[str, Any]:
    if overrun:
        return {"text": _("running over"), "sign": "warning", "sign_word": _("late")}
    return {"at": end}


def state(unit: Unit) -> dict[str, Any]:
    """Return a unit's state as a cell: a sign only where it is abnormal."""
    words = {
        "service": _("out of service"),
        "calibration": _("calibration overdue"),
        "cleaning": _("to be cleaned"),
    }
    found = trouble(unit, at=clock.now())
    if not found:
        return {"text": _("in order")}
    return {"text": words[found], "sign": "warning", "sign_word": _("not usable")}
