"""Acts on rooms and their places."""

from collections.abc import Collection
from datetime import time
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission, written
from equipment import selectors
from equipment.entries import PlaceMade, RoomHoursSet, RoomOpened
from equipment.enums import OpennessPolicy
from equipment.exceptions import DaysUnknown, HoursNotPaired, RoomInUse
from equipment.models import Claim, Room
from equipment.weekdays import WEEK
from mes.lib.ids import uuid7
from records.act import New, act, acting
from records.commands import Command, Reply
from records.reading import reading, the_one

ROOM_HOURS = "room.hours"


@acting
def open_room(
    *, command: Command, code: str, name: str, room_class: str, policy: OpennessPolicy
) -> Reply:
    """Bring a room into use; appends ``room.opened``. Raises CodeTaken."""
    room = uuid7()
    with act(command, new=[New("room", room, command.actor.site)]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        a.append(room, RoomOpened(code=code, name=name, room_class=room_class, policy=policy))
        a.reply = {"id": str(room)}
    return a.reply


@acting
def make_place(*, command: Command, room: UUID, number: int, label: str, barcode: str) -> Reply:
    """Give a room a place; appends ``place.made``.

    Locks the room's other places: open work claimed all of them, and would not have this
    one. Raises RoomInUse then, CodeTaken, NotFound.
    """
    place = uuid7()
    with reading(site=command.actor.site):
        others = selectors.places_of_room(room)
    new = [New("place", place, command.actor.site)]
    with act(command, streams=[room, *others], new=new) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        found = the_one(Room.objects.filter(id=room))
        if Claim.objects.on(others).live().filter(exclusive=True).exists():
            raise RoomInUse(room=found.name)
        a.append(place, PlaceMade(room=room, number=number, label=label, barcode=barcode))
        a.reply = {"id": str(place)}
    return a.reply


@acting
def set_room_hours(
    *,
    command: Command,
    room: UUID,
    opens: time | None,
    closes: time | None,
    days: Collection[int] | None = None,
    reason: str,
    seq: int | None = None,
) -> Reply:
    """Say when a room may be worked in, in wall time; without hours all day, without days on all.

    ``days`` are those of the week on which it opens, 1 is Monday.

    Appends ``room.hours_set``. Locks the room's places, so that no plan is accepted meanwhile, and
    tells planning; bookings that are there stay. Raises HoursNotPaired, DaysUnknown, ReasonMissing,
    NotFound, Stale.
    """
    if (opens is None) != (closes is None) or (opens is not None and opens == closes):
        raise HoursNotPaired(field="closes")
    opened = _days(days)
    with reading(site=command.actor.site):
        places = selectors.places_of_room(room)
    with act(command, streams=[room, *places]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        the_one(Room.objects.filter(id=room))
        if seq is not None:
            a.expect(room, seq)
        said = RoomHoursSet(
            opens=_wall(opens), closes=_wall(closes), days=opened, reason=written(reason)
        )
        a.append(room, said)
        a.enqueue(ROOM_HOURS, {"room": str(room)})
        a.reply = {"id": str(room)}
    return a.reply


def _days(days: Collection[int] | None) -> tuple[int, ...] | None:
    if days is None or set(days) == set(WEEK):
        return None
    if not days or not set(days) < set(WEEK):
        raise DaysUnknown(field="days")
    return tuple(sorted(set(days)))


def _wall(at: time | None) -> str | None:
    return f"{at:%H:%M}" if at is not None else None
