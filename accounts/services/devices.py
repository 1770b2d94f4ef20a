"""Tablets: enrolled at a site, bound to a room or place."""

from typing import NamedTuple
from uuid import UUID

from accounts import rules
from accounts.entries import DeviceEnrolled, DeviceLinked, DeviceRetired
from accounts.exceptions import DeviceUnknown
from accounts.permissions import Permission
from accounts.selectors import active_device
from records.act import New, act, acting
from records.commands import Command, Reply

# interface.md: the room's time; five minutes unless the room says otherwise.
IDLE_SECONDS = 300


class PlaceRef(NamedTuple):
    """A room or place of ``equipment``, by kind, id and what people call it."""

    kind: str
    id: UUID
    label: str


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
        a.reply = {"id": str(device)}
    return a.reply


@acting
def link_device(*, command: Command, device: UUID, browser: str) -> Reply:
    """Note which browser took the enrolment; appends ``device.linked``. Raises DeviceUnknown."""
    with act(command, streams=[device]) as a:
        if active_device(device) is None:
            raise DeviceUnknown()
        a.append(device, DeviceLinked(browser=browser[:200]))
        a.reply = {"id": str(device)}
    return a.reply


@acting
def retire_device(*, command: Command, device: UUID, reason: str) -> Reply:
    """Retire a tablet; its sessions are dead at their next request. Raises NotAllowed."""
    with act(command, streams=[device]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        if active_device(device) is not None:
            a.append(device, DeviceRetired(reason=reason))
        a.reply = {"id": str(device)}
    return a.reply
