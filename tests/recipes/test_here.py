"""The site as the compiler sees it, from its own rows: hours of rooms, capabilities of units."""

from datetime import time
from uuid import UUID

import pytest

from equipment.enums import OpennessPolicy, UnitStatus
from equipment.services.rooms import set_room_hours
from equipment.services.units import set_capabilities, set_unit_status
from recipes import compiler, reader
from recipes.here import described
from recipes.site import EquipmentStock, Site
from records.reading import reading
from tests.builders.accounts import DemoSite, open_demo_site
from tests.builders.equipment import command, engineer, hall, unit
from tests.recipes.texts import LIBRARY, with_change

SIX = (LIBRARY / "six-steps.yaml").read_text("utf-8")


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def here(site: DemoSite) -> Site:
    with reading(site=site.id):
        found = described(site.id)
    assert found is not None
    return found


def set_hours(site: DemoSite, room: UUID, opens: int, closes: int, *days: int) -> None:
    set_room_hours(
        command=command(engineer(site.id)), room=room, opens=time(opens), closes=time(closes),
        days=days or None, reason="night",
    )  # fmt: skip


def can(site: DemoSite, made: UUID, *capabilities: str) -> None:
    set_capabilities(
        command=command(engineer(site.id)), unit=made, capabilities=capabilities, reason="Q-88"
    )


def faults(site: DemoSite, text: str, *codes: str) -> list[tuple[str, str, str]]:
    found = compiler.compile_recipe(reader.read(text), site=here(site))
    return [(one.code, one.path, str(one.severity)) for one in found if one.code in codes]


def test_rooms_of_a_class_are_told_apart_by_their_hours(site: DemoSite) -> None:
    always, by_day = hall(site=site.id), hall(site=site.id, code="H3", name="Hall 3", places=1)
    hall(site=site.id, code="H4", name="Hall 4", places=2, policy=OpennessPolicy.OPEN)
    set_hours(site, by_day.room, 22, 6)
    week = hall(site=site.id, code="H5", name="Hall 5", places=1)
    set_hours(site, week.room, 22, 6, 1, 2, 7)
    assert len(always.places) == 3
    rooms = [(r.places, str(r.hours), r.days) for r in here(site).rooms or ()]
    assert sorted(rooms, key=str) == [
        (1, "22:00-06:00", ("mon", "tue", "sun")), (1, "22:00-06:00", None), (2, "None", None),
        (3, "None", None),
    ]  # fmt: skip
    assert {room.class_ for room in here(site).rooms or ()} == {"grade-C"}


def test_units_of_a_class_are_told_apart_by_what_they_can(site: DemoSite) -> None:
    there = hall(site=site.id)
    known = unit(site=site.id, place=there.places[0])
    unit(site=site.id, code="PR-08")
    broken = unit(site=site.id, code="PR-09")
    can(site, known, "tct", "csf")
    can(site, broken, "wash")
    set_unit_status(
        command=command(engineer(site.id)), unit=broken, status=UnitStatus.OUT_OF_SERVICE,
        reason="door",
    )  # fmt: skip
    stocks = here(site).equipment or ()
    assert sorted(stocks, key=str) == sorted(
        [
            EquipmentStock.model_validate(
                {"class": "prodigy", "count": "1", "capability": ["csf", "tct"], "room": "grade-C"}
            ),
            EquipmentStock.model_validate({"class": "prodigy", "count": "1"}),
        ],
        key=str,
    )


def test_a_room_that_is_never_open_long_enough_is_found(site: DemoSite) -> None:
    there = hall(site=site.id)
    assert faults(site, SIX, "stage.never_booked") == []
    longer = with_change(
        SIX, "{low: 20 min, expected: 40 min, high: 90 min}", "{low: 2 h, expected: 3 h, high: 4 h}"
    )
    set_hours(site, there.room, 6, 7)
    assert faults(site, longer, "stage.never_booked") == [
        ("stage.never_booked", "seeding/duration/low", "error")
    ]
    hall(site=site.id, code="H3", name="Hall 3", places=1)
    assert faults(site, longer, "stage.never_booked") == []


def test_a_class_of_which_no_unit_can_what_is_asked_is_found(site: DemoSite) -> None:
    made = unit(site=site.id)
    asking = with_change(SIX, "- class: prodigy\n", "- class: prodigy\n    capability: [tct]\n")
    assert faults(site, asking, "site.capability") == []
    can(site, made, "wash")
    at = ("site.capability", "bill_of_equipment/prodigy/capability", "error")
    assert faults(site, asking, "site.capability") == [at]
    assert faults(site, SIX, "site.capability") == []
    other = open_demo_site("XX9")
    can(other, unit(site=other.id), "tct")
    assert faults(site, asking, "site.capability") == [at]
    can(site, made, "tct", "wash")
    assert faults(site, asking, "site.capability") == []
