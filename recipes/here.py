"""The site that asks, described for the compiler from its own rows. Reads only.

Shifts, opening hours and what a unit is capable of have no rows; they are left out, so nothing is
said of them. A file describes a plant that is known better.
"""

from __future__ import annotations

from collections import Counter

from accounts.enums import QualificationStatus
from accounts.models import Qualification, RoleAssignment
from equipment.enums import OpennessPolicy, UnitStatus
from equipment.models import Place, Unit
from materials.models import Material
from mes.lib import clock
from recipes.enums import Openness
from recipes.site import EquipmentStock, Qualified, RoomStock, Site

CLOSED = (Openness.CLOSED, Openness.FUNCTIONALLY_CLOSED)
VALIDATED = {
    OpennessPolicy.OPEN: tuple(Openness),
    OpennessPolicy.CLOSED: CLOSED,
    OpennessPolicy.BOTH: tuple(Openness),
}


def this_site(name: str) -> Site:
    """Describe the site whose rows may be read now; ``name`` is what it is called."""
    return Site(
        site=name,
        materials=tuple(sorted(set(Material.objects.values_list("code", flat=True)))),
        rooms=_rooms(),
        equipment=_equipment(),
        qualifications=_qualifications(),
        roles=tuple(sorted(_roles())),
    )


def _rooms() -> tuple[RoomStock, ...]:
    rows = Place.objects.values_list("room__room_class", "room__policy")
    counted = sorted(Counter(rows).items())
    return tuple(
        RoomStock(class_=room, places=places, openness=VALIDATED[OpennessPolicy(policy)])
        for (room, policy), places in counted
    )


def _equipment() -> tuple[EquipmentStock, ...]:
    rows = Unit.objects.filter(status=UnitStatus.AVAILABLE)
    counted = Counter(rows.values_list("unit_class", "place__room__room_class"))
    return tuple(
        EquipmentStock(class_=unit, count=count, room=room)
        for (unit, room), count in sorted(counted.items(), key=str)
    )


def _qualifications() -> tuple[Qualified, ...]:
    held = Qualification.objects.filter(
        status=QualificationStatus.VALID, valid_until__gt=clock.now()
    )
    counted = Counter(key for key, _person in set(held.values_list("key", "person")))
    return tuple(
        Qualified(qualification=key, people=people) for key, people in sorted(counted.items())
    )


def _roles() -> set[str]:
    return set(RoleAssignment.objects.filter(revoked_at=None).values_list("role", flat=True))
