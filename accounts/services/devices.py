"""Tablets: enrolled at a site, bound to a room or place."""

from typing import NamedTuple
from uuid import UUID

from accounts import rules
from accounts.device_exceptions import DeviceUnknown, IdleTimeRange
from accounts.entries import (
    DeviceEnrolled,
    DeviceLinked,
    DevicePlaced,
    DeviceRetired,
    IdleTimeSet,
)
from accounts.models import IdleTime
from accounts.permissions import Permission
from accounts.selectors import active_device
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import New, act, acting
from records.commands import Command, Reply

# interface.md: the room's time; five minutes unless the room says otherwise.
IDLE_SECONDS = 300
SHORTEST_IDLE, LONGEST_IDLE = 30, 3600


class PlaceRef(NamedTuple):
    """A room or place of ``equipment``, by kind, id and what people call it; its room's class."""

    kind: str
    id: UUID
    label: str
    room_class: str = ""


@acting
def enrol_device(
    *,
    command: Command,
    device: UUID,
    code: str,
    label: str,
    place: PlaceRef | None,
    idle_seconds: int = IDLE_SECONDS,
) -> Reply:
    """Enrol a tablet at the actor's site; appends ``device.enrolled``.

    Entry locks after ``idle_seconds`` (30 to 3600). Raises NotAllowed, DeviceCodeTaken.
    """
    with act(command, new=[New("device", device, command.actor.site)]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        enrolled = DeviceEnrolled(
            code=code.strip(),
            label=label.strip(),
            place_kind=place and place.kind,
            place=place and place.id,
            place_label=place and place.label,
            idle_seconds=idle_seconds,
        )
        a.append(device, enrolled)
        if place and place.room_class:
            a.append(device, _placed(place))
        a.reply = {"id": str(device)}
    return a.reply


def _placed(place: PlaceRef) -> DevicePlaced:
    return DevicePlaced(
        place_kind=place.kind,
        place=place.id,
        place_label=place.label,
        room_class=place.room_class,
    )


@acting
def place_device(*, command: Command, device: UUID, place: PlaceRef) -> Reply:
    """Bind a tablet to another place; appends ``device.placed``.

    Raises NotAllowed, DeviceUnknown.
    """
    with act(command, streams=[device]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        if active_device(device) is None:
            raise DeviceUnknown()
        a.append(device, _placed(place))
        a.reply = {"id": str(device)}
    return a.reply


@acting
def set_idle_time(*, command: Command, room_class: str, seconds: int, reason: str) -> Reply:
    """Say after how many seconds entry locks in rooms of a class at the actor's site.

    30 to 3600 seconds; holds at the next request of each tablet there. Appends
    ``idle_time.set``. Raises NotAllowed, IdleTimeRange, ReasonMissing.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    if not SHORTEST_IDLE <= seconds <= LONGEST_IDLE:
        raise IdleTimeRange(field="seconds")
    with act(command, streams=[site]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        known = IdleTime.objects.filter(site=site, room_class=room_class)
        said = IdleTimeSet(
            idle_time=known.values_list("id", flat=True).first() or uuid7(),
            room_class=room_class,
            seconds=seconds,
            reason=rules.written(reason),
        )
        a.append(site, said)
        a.reply = {"id": str(said.idle_time)}
    return a.reply


@acting
def link_device(*, command: Command, device: UUID, browser: str, link: UUID) -> Reply:
    """Note which browser took the enrolment ``link``; appends ``device.linked``.

    The browser that was the tablet before is none from its next request on. Raises DeviceUnknown.
    """
    with act(command, streams=[device]) as a:
        if active_device(device) is None:
            raise DeviceUnknown()
        a.append(device, DeviceLinked(browser=browser[:200], link=link))
        a.reply = {"id": str(device)}
    return a.reply


@acting
def retire_device(*, command: Command, device: UUID, reason: str) -> Reply:
    """Retire a tablet; its sessions are dead at their next request.

    Raises NotAllowed, ReasonMissing.
    """
    with act(command, streams=[device]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        if active_device(device) is not None:
            a.append(device, DeviceRetired(reason=rules.written(reason)))
        a.reply = {"id": str(device)}
    return a.reply
