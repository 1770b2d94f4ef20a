"""Rooms, places, units and claims, made by the real services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from django.db import connection

from equipment.enums import OpennessPolicy, ResourceKind
from equipment.services import rooms, units
from equipment.services.bookings import claim_resource
from equipment.services.claims import Booking, Holder
from mes.lib.ids import uuid7
from records.commands import Actor, Command, Reply
from tests.builders.accounts import DemoSite, person

MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def engineer(site: UUID) -> Actor:
    return _holder(site, "engineering", "E. Engel")


def planner(site: UUID) -> Actor:
    return _holder(site, "planner", "S. Lindqvist")


def _holder(site: UUID, role: str, name: str) -> Actor:
    """Return the one holder of a role at a site."""
    return _joined(str(connection.settings_dict["NAME"]), site, role, name)


@cache
def _joined(_database: str, site: UUID, role: str, name: str) -> Actor:
    joined = person(role, site=DemoSite(id=site, code=""), name=name)
    return Actor(person=joined, name=name, role=role, site=site, zone="Europe/Berlin")


def command(actor: Actor, name: str = "test", key: UUID | None = None) -> Command:
    return Command(key=key or uuid7(), name=name, actor=actor)


def _made(reply: Reply) -> UUID:
    return UUID(str(reply["id"]))


@dataclass(frozen=True, slots=True)
class Hall:
    """A room with its places, in the order of their numbers."""

    site: UUID
    room: UUID
    places: Sequence[UUID]


def hall(
    *,
    site: UUID,
    places: int = 3,
    policy: OpennessPolicy = OpennessPolicy.CLOSED,
    room_class: str = "grade-C",
    code: str = "H2",
    name: str = "Hall 2",
) -> Hall:
    """Open a room with numbered places P1…Pn."""
    by = engineer(site)
    room = _made(
        rooms.open_room(
            command=command(by), code=code, name=name, room_class=room_class, policy=policy
        )
    )
    made = [
        _made(
            rooms.make_place(
                command=command(by),
                room=room,
                number=n,
                label=f"{name}, P{n}",
                barcode=f"{code}-P{n}",
            )
        )
        for n in range(1, places + 1)
    ]
    return Hall(site, room, made)


def unit(
    *,
    site: UUID,
    code: str = "PR-07",
    unit_class: str = "prodigy",
    place: UUID | None = None,
    calibration_due: datetime | None = None,
) -> UUID:
    """Commission a unit."""
    return _made(
        units.commission_unit(
            command=command(engineer(site)), code=code, unit_class=unit_class, barcode=code,
            place=place, calibration_due=calibration_due,
        )
    )  # fmt: skip


def holder(label: str = "MZ1-26-0412", *, batch: UUID | None = None) -> Holder:
    return Holder(id=batch or uuid7(), label=label, mark="circle-filled-KM")


def booking(
    resource: UUID,
    *,
    by: Holder | None = None,
    start: datetime = MONDAY,
    hours: float = 8,
    kind: ResourceKind = ResourceKind.PLACE,
    purpose: str = "selection",
    exclusive: bool = False,
) -> Booking:
    """A booking of ``hours`` hours from ``start``."""
    return Booking(
        kind=kind, resource=resource, holder=by or holder(), purpose=purpose, start=start,
        end=start + hours * HOUR, exclusive=exclusive,
    )  # fmt: skip


def claimed(site: UUID, booked: Booking) -> list[UUID]:
    """Claim through the real service; return the claims' ids."""
    reply = claim_resource(command=command(planner(site)), booking=booked)
    claims = reply["claims"]
    assert isinstance(claims, list)
    return [UUID(str(claim)) for claim in claims]
