"""The site that asks, described for the compiler from its own rows. Reads only.

A room without hours is always open; of a unit without capabilities nothing is said, so it can do
all that is asked of its class. A shift has whom its best staffed day of the weeks around has; the
laboratory works when somebody of QC does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.enums import DutyKind, QualificationStatus
from accounts.models import Duty, Qualification, RoleAssignment
from accounts.models import Shift as ShiftRow
from accounts.permissions import Permission, roles_granting
from accounts.selectors import site_of
from equipment.enums import OpennessPolicy, UnitStatus
from equipment.models import Place, Unit
from materials.models import Material
from mes.lib import clock
from recipes.enums import Openness
from recipes.parts import CODE
from recipes.site import (
    DAY,
    WEEK,
    Counted,
    Crew,
    EquipmentStock,
    Qualified,
    RoomStock,
    Shift,
    Site,
    Window,
    joined,
)

WEEKS = timedelta(weeks=4)
# Roles and valid qualifications by person.
People = dict[UUID, tuple[set[str], set[str]]]

CLOSED = (Openness.CLOSED, Openness.FUNCTIONALLY_CLOSED)
VALIDATED = {
    OpennessPolicy.OPEN: tuple(Openness),
    OpennessPolicy.CLOSED: CLOSED,
    OpennessPolicy.BOTH: tuple(Openness),
}


def this_site(name: str) -> Site:
    """Describe the site whose rows may be read now; ``name`` is what it is called."""
    people = _people()
    shifts = _shifts(people)
    units = dict(Material.objects.order_by("code").values_list("code", "unit"))
    return Site(
        site=name,
        materials=tuple(units),
        units=tuple(Counted(material=code, unit=unit) for code, unit in units.items()),
        rooms=_rooms(),
        equipment=_equipment(),
        qualifications=_qualifications(people),
        roles=tuple(sorted({role for roles, _held in people.values() for role in roles})),
        shifts=shifts,
        laboratory=laboratory_of(shifts or ()),
    )


def _rooms() -> tuple[RoomStock, ...]:
    counted = Counter(
        (
            place.room.room_class,
            place.room.policy,
            place.room.hours,
            tuple(place.room.days) if place.room.days else None,
        )
        for place in Place.objects.select_related("room")
    )
    return tuple(
        RoomStock(
            class_=room, places=places, openness=VALIDATED[OpennessPolicy(policy)],
            hours=_window(*hours) if hours else None,
            days=tuple(WEEK[day - 1] for day in days) if days else None,
        )
        for (room, policy, hours, days), places in sorted(counted.items(), key=str)
    )  # fmt: skip


def _window(start: time, end: time) -> Window:
    """Return hours of the wall; they go over midnight where they end before they begin."""
    return Window(_minute(start), _minute(end) + DAY * (end <= start))


def _equipment() -> tuple[EquipmentStock, ...]:
    counted = Counter(
        (
            unit.unit_class,
            unit.place.room.room_class if unit.place else None,
            None if unit.capabilities is None else tuple(unit.capabilities),
        )
        for unit in Unit.objects.filter(status=UnitStatus.AVAILABLE).select_related("place__room")
    )
    return tuple(
        EquipmentStock(class_=unit, count=count, room=room, capability=can)
        for (unit, room, can), count in sorted(counted.items(), key=str)
    )


def _qualifications(people: People) -> tuple[Qualified, ...]:
    counted = Counter(key for _roles, held in people.values() for key in held)
    return tuple(
        Qualified(qualification=key, people=people) for key, people in sorted(counted.items())
    )


def _shifts(people: People) -> tuple[Shift, ...] | None:
    rows = list(ShiftRow.objects.filter(active=True))
    staffed = _staffed(rows) if rows else {}
    return (
        tuple(
            Shift(
                key=f"shift-{number}",
                hours=_window(row.start, row.end),
                crews=_crews(staffed.get(row.id, {}), people),
            )
            for number, row in enumerate(rows, 1)
        )
        or None
    )


def laboratory_of(shifts: Iterable[Shift]) -> Window | None:
    """Return when somebody of QC works, where that is known and one stretch of the day."""
    testers = set(roles_granting(Permission.QUALITY_ENTER_RESULT))
    staffed = joined(
        shift.hours for shift in shifts if any(crew.role in testers for crew in shift.crews or ())
    )
    return staffed[0] if len(staffed) == 1 else None


def described(site: UUID | None) -> Site | None:
    """Describe the site of somebody who is signed in, by its name; none without a site."""
    return this_site(site_of(site).name) if site else None


def _minute(time: time) -> int:
    return time.hour * 60 + time.minute


def _people() -> People:
    """Return roles and valid qualifications of everybody here."""
    found: dict[UUID, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for person, role in RoleAssignment.objects.filter(revoked_at=None).values_list(
        "person", "role"
    ):
        found[person][0].add(role)
    for key, person in held_now().values_list("key", "person"):
        found[person][1].add(key)
    return found


def _staffed(rows: list[ShiftRow]) -> dict[UUID, dict[date, set[UUID]]]:
    """Return who works each shift on each day of the weeks around."""
    today = clock.now().date()
    duties = Duty.objects.filter(
        shift__in=[row.id for row in rows],
        what=DutyKind.WORKS,
        cancelled_at=None,
        day__range=(today - WEEKS, today + WEEKS),
    )
    found: dict[UUID, dict[date, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for shift, day, person in duties.values_list("shift", "day", "person"):
        found[shift][day].add(person)
    return found


def _crews(days: Mapping[date, set[UUID]], people: People) -> tuple[Crew, ...] | None:
    """Return who works on the day on which most do, one crew for each role of a person."""
    best = max(days.values(), key=len, default=None)
    if best is None:
        return None
    return tuple(
        Crew(role=role, count=1, qualifications=tuple(sorted(people[person][1])))
        for person in sorted(best)
        if person in people
        for role in sorted(people[person][0])
    )


def held_now() -> QuerySet[Qualification]:
    """Return what is held now of what a recipe can name: one for ``grade-C`` goes by its room."""
    return Qualification.objects.filter(
        status=QualificationStatus.VALID, valid_until__gt=clock.now(), key__regex=CODE
    )
