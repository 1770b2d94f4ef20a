"""Versions of entries that are read and no longer written, and how they become the next one.

A published class never changes; see ``records.entries``.
"""

from equipment.entries import ROOM
from records.entries import Fields, Payload, entry, upcast


@entry("room.hours_set", version=1, stream=ROOM)
class RoomHoursSetV1(Payload):
    """When a room may be worked in, every day alike."""

    opens: str | None
    closes: str | None
    reason: str


@upcast("room.hours_set", version=1)
def _(fields: Fields) -> Fields:
    return {**fields, "days": None}
