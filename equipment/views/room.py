"""One room: what it is for, when it may be worked in, its places, its bookings and its logbook."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from equipment import selectors
from equipment.forms import RoomHours
from equipment.models import Alarm, Room
from equipment.services.rooms import set_room_hours
from equipment.views.units import resource_page
from equipment.weekdays import WEEK
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading, the_one
from records.web import actor_of, command_from


@requires("equipment.read")
@require_safe
def room(request: HttpRequest, room: UUID) -> HttpResponse:
    """Show a room with its hours, places, bookings and logbook."""
    return render(request, "equipment/room.html", _page(request, room))


@requires("equipment.manage")
@require_POST
def hours(request: HttpRequest, room: UUID) -> HttpResponse:
    """Set when a room may be worked in."""
    form = RoomHours(request.POST)
    refused: Refusal | None = None
    if form.is_valid():
        values = form.cleaned_data
        plain = {name: str(value) for name, value in values.items() if value is not None}
        command = command_from(request, "room.hours", {"room": str(room), **plain})
        try:
            set_room_hours(command=command, room=room, **values)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("equipment:room", room=room)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {**_page(request, room), "form": form, "refused": refused}
        status = refused.status if refused else 400
        return render(request, "equipment/room.html", context, status=status)


def _page(request: HttpRequest, room: UUID) -> dict[str, Any]:
    found = the_one(Room.objects.filter(id=room))
    places = selectors.places_of_room(room)
    return {
        "room": found,
        "hours": selectors.room_hours(found),
        "places": found.places.order_by("number"),
        "alarms": list(Alarm.objects.on([room, *selectors.resources_of_room(room)]).standing()),
        "form": RoomHours(
            initial={"opens": found.opens, "closes": found.closes, "days": found.days or list(WEEK)}
        ),
        **resource_page(request, room, on=places),
    }
