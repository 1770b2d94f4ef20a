"""What the list of rooms shows: every place and unit with the batch that has it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from equipment.enums import ClaimState, UnitStatus
from equipment.models import Claim, Place, Room, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a place with a unit on it, a place without one, or a movable unit.

    ``held`` occupies it; ``following`` is the next booking.
    """

    place: Place | None
    unit: Unit | None
    held: Claim | None
    following: Claim | None


@dataclass(slots=True)
class RoomLines:
    """A room with its rows; without a room the movable units."""

    room: Room | None
    lines: list[Line] = field(default_factory=list)


def floor() -> list[RoomLines]:
    """Return the rooms with their rows, in three queries whatever their number."""
    places = list(Place.objects.select_related("room").order_by("room__code", "number"))
    units: dict[UUID | None, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.order_by("code"):
        units[unit.place_id].append(unit)
    claims = _claims([p.id for p in places] + [u.id for us in units.values() for u in us])
    rooms: dict[UUID, RoomLines] = {}
    for place in places:
        lines = rooms.setdefault(place.room_id, RoomLines(place.room)).lines
        for unit in units.get(place.id) or [None]:  # type: ignore[list-item]
            lines.append(_line(place, unit, claims))
    movable = [_line(None, unit, claims) for unit in units.get(None, [])]
    return [*rooms.values(), *([RoomLines(None, movable)] if movable else [])]


def _claims(resources: list[UUID]) -> dict[UUID, list[Claim]]:
    found: dict[UUID, list[Claim]] = defaultdict(list)
    for claim in Claim.objects.on(resources).exclusive_hours().order_by("during"):
        found[claim.stream].append(claim)
    return found


def _line(place: Place | None, unit: Unit | None, claims: dict[UUID, list[Claim]]) -> Line:
    here = [
        *(claims.get(unit.id, []) if unit else []),
        *(claims.get(place.id, []) if place else []),
    ]
    held = next((c for c in here if c.state == ClaimState.OCCUPIED), None)
    waiting = sorted((c for c in here if c.state == ClaimState.PLANNED), key=lambda c: c.start)
    return Line(place, unit, held, next(iter(waiting), None))


def trouble(unit: Unit, *, at: datetime) -> str:
    """Return what keeps a unit from being used: service, calibration, cleaning, or nothing."""
    if unit.status == UnitStatus.OUT_OF_SERVICE:
        return "service"
    if unit.calibration_due is not None and at >= unit.calibration_due:
        return "calibration"
    dirty = not unit.is_clean or (unit.cleaning_due is not None and at >= unit.cleaning_due)
    return "cleaning" if dirty else ""
