"""When a room may be worked in and what a unit can do: set with a reason, shown, and told on."""

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from equipment import selectors
from equipment.exceptions import CapabilityUnreadable, DaysUnknown, HoursNotPaired
from equipment.models import Room, Unit
from equipment.services.rooms import set_room_hours
from equipment.services.units import set_capabilities
from equipment.weekdays import WEEK
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.exceptions import ReasonMissing, Stale
from records.models import Entry, Message
from records.presenters import sentence
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.equipment import command, engineer, hall, unit
from tests.equipment.test_pages import text
from tests.equipment.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_db")

DAY = (time(6), time(22))
NIGHT = (time(22), time(6))
WHY = "Nobody watches the pressure at night."


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def set_hours(
    site: DemoSite, room: UUID, hours: tuple[time | None, time | None], *, why: str = WHY,
    days: tuple[int, ...] | None = None, seq: int | None = None,
) -> None:  # fmt: skip
    set_room_hours(
        command=command(engineer(site.id)), room=room, opens=hours[0], closes=hours[1],
        days=days, reason=why, seq=seq,
    )  # fmt: skip


def can(site: DemoSite, made: UUID, *capabilities: str, why: str = "Q-88") -> None:
    set_capabilities(
        command=command(engineer(site.id)), unit=made, capabilities=capabilities, reason=why
    )


def room_of(site: DemoSite, room: UUID) -> Room:
    with reading(site=site.id):
        return Room.objects.get(id=room)


def unit_of(site: DemoSite, made: UUID) -> Unit:
    with reading(site=site.id):
        return Unit.objects.get(id=made)


def said_of(site: DemoSite, stream: UUID, language: str = "en") -> list[str]:
    with reading(site=site.id), translation.override(language):
        return [
            sentence(one.envelope) for one in Entry.objects.filter(stream=stream).order_by("seq")
        ]


def topics(site: DemoSite) -> list[tuple[str, dict[str, object]]]:
    with reading(site=site.id):
        return [(one.topic, one.payload) for one in Message.objects.order_by("id")]


def test_a_room_has_hours_and_is_open_always_again(site: DemoSite) -> None:
    there = hall(site=site.id)
    assert room_of(site, there.room).hours is None
    set_hours(site, there.room, DAY)
    assert room_of(site, there.room).hours == DAY
    set_hours(site, there.room, (None, None), why="A guard is there.")
    assert room_of(site, there.room).hours is None
    assert said_of(site, there.room)[1:] == [
        f"Open each day 06:00–22:00: {WHY}", "Always open: A guard is there."
    ]  # fmt: skip
    assert said_of(site, there.room, "de")[1:] == [
        f"Jeden Tag geöffnet 06:00–22:00: {WHY}", "Immer geöffnet: A guard is there."
    ]  # fmt: skip
    assert topics(site) == [("room.hours", {"room": str(there.room)})] * 2
    assert verify(everything=True).differences == []


def test_a_room_opens_on_some_days_and_on_all_again(site: DemoSite) -> None:
    there = hall(site=site.id)
    set_hours(site, there.room, DAY, days=(5, 1, 2, 3, 4, 5))
    assert (room_of(site, there.room).hours, room_of(site, there.room).days) == (
        DAY,
        [1, 2, 3, 4, 5],
    )
    set_hours(site, there.room, (None, None), days=(1, 3, 6, 7), why="A guard is there.")
    set_hours(site, there.room, (None, None), days=(1, 2, 3, 4, 5, 6, 7))
    assert room_of(site, there.room).always_open
    assert said_of(site, there.room)[1:] == [
        f"Open Mon–Fri 06:00–22:00: {WHY}", "Open Mon, Wed, Sat, Sun, all day: A guard is there.",
        f"Always open: {WHY}",
    ]  # fmt: skip
    assert said_of(site, there.room, "de")[1] == f"Geöffnet Mo–Fr 06:00–22:00: {WHY}"
    assert verify(everything=True).differences == []


@pytest.mark.parametrize("days", [(), (0,), (8,), (1, 9)])
def test_days_that_are_none_are_refused_also_by_the_database(
    site: DemoSite, days: tuple[int, ...]
) -> None:
    there = hall(site=site.id)
    with pytest.raises(DaysUnknown):
        set_hours(site, there.room, DAY, days=days)
    assert (room_of(site, there.room).always_open, topics(site)) == (True, [])
    row = Room(
        id=uuid7(), stream=uuid7(), entry_seq=1, site=site.id, code="H9", name="Hall 9",
        room_class="grade-C", policy="closed", days=list(days),
    )  # fmt: skip
    check = next(c for c in Room._meta.constraints if c.name == "equipment_room_days")
    with pytest.raises(Exception, match="equipment_room_days"):
        check.validate(Room, row)


@pytest.mark.parametrize("hours", [(time(6), None), (None, time(6)), (time(6), time(6))])
def test_hours_without_two_ends_are_refused(
    site: DemoSite, hours: tuple[time | None, time | None]
) -> None:
    there = hall(site=site.id)
    with pytest.raises(HoursNotPaired):
        set_hours(site, there.room, hours)
    assert (room_of(site, there.room).hours, topics(site)) == (None, [])


@pytest.mark.parametrize("hours", [(time(6), None), (None, time(6)), (time(6), time(6))])
def test_the_database_refuses_them_too(
    site: DemoSite, hours: tuple[time | None, time | None]
) -> None:
    row = Room(
        id=uuid7(), stream=uuid7(), entry_seq=1, site=site.id, code="H9", name="Hall 9",
        room_class="grade-C", policy="closed", opens=hours[0], closes=hours[1],
    )  # fmt: skip
    check = next(c for c in Room._meta.constraints if c.name == "equipment_room_hours")
    with pytest.raises(Exception, match="equipment_room_hours"):
        check.validate(Room, row)


def test_a_change_needs_a_reason_and_the_page_as_it_is(site: DemoSite) -> None:
    there, made = hall(site=site.id), unit(site=site.id)
    with pytest.raises(ReasonMissing):
        set_hours(site, there.room, DAY, why=" ")
    with pytest.raises(ReasonMissing):
        can(site, made, "co2", why="")
    set_hours(site, there.room, DAY, seq=1)
    with pytest.raises(Stale):
        set_hours(site, there.room, NIGHT, seq=1)
    assert room_of(site, there.room).hours == DAY


def test_of_two_who_change_a_room_from_the_same_page_one_is_told(site: DemoSite) -> None:
    there = hall(site=site.id)
    by = engineer(site.id)

    def change(hours: tuple[time, time]) -> None:
        set_room_hours(
            command=command(by), room=there.room, opens=hours[0], closes=hours[1], reason=WHY, seq=1
        )

    outcomes, _slowest = at_once([lambda: change(DAY), lambda: change(NIGHT)])
    assert sorted(outcomes) == ["done", "stale"]
    assert len(said_of(site, there.room)) == 2


def test_a_room_of_another_site_is_not_found(site: DemoSite) -> None:
    other = hall(site=uuid7())
    mine = hall(site=site.id)
    client = signed_in_client(site, "engineering")
    with pytest.raises(NotFound):
        set_hours(site, other.room, DAY)
    pages = [
        client.get(f"/equipment/rooms/{room}/").status_code for room in (other.room, mine.room)
    ]
    assert pages == [404, 200]


ZONE = "Europe/Berlin"


def windows(
    opens: int | None, closes: int | None, start: datetime, end: datetime, *days: int
) -> list[tuple[str, str]]:
    hours = (
        {} if opens is None or closes is None else {"opens": time(opens), "closes": time(closes)}
    )
    room = Room(**hours, days=list(days) or None)
    found = selectors.shut(room, start=start, end=end, zone=ZONE)
    return [(f"{w.start:%d %H:%M}", f"{w.end:%d %H:%M}") for w in found]


def test_shut_hours_are_those_of_the_wall() -> None:
    """The night of 29 March 2026 has one hour less in Berlin, that of 25 October one more."""
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC)
    assert windows(6, 22, *spring) == [("28 21:00", "29 04:00"), ("29 20:00", "30 04:00")]
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert windows(6, 22, *autumn) == [("24 20:00", "25 05:00")]
    assert windows(22, 6, *autumn) == [("24 04:00", "24 20:00"), ("25 05:00", "25 21:00")]


def test_a_weekend_is_shut_as_one_over_the_change_of_clocks() -> None:
    """From Friday's end to Monday's beginning; a night that began on Friday ends on Saturday."""
    week = datetime(2026, 3, 26, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC)
    working = (1, 2, 3, 4, 5)
    assert windows(6, 22, *week, *working) == [("26 21:00", "27 05:00"), ("27 21:00", "30 04:00")]
    assert windows(22, 6, *week, *working) == [
        ("26 05:00", "26 21:00"), ("27 05:00", "27 21:00"), ("28 05:00", "30 20:00")
    ]  # fmt: skip
    assert windows(None, None, *week, *working) == [("27 23:00", "29 22:00")]
    assert windows(6, 22, *week, 3) == [("25 21:00", "01 04:00")]


def test_a_room_without_hours_is_never_shut() -> None:
    start, end = datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 4, 28, tzinfo=UTC)
    assert list(selectors.shut(Room(), start=start, end=end, zone=ZONE)) == []


def test_a_unit_can_what_was_said_and_before_that_all(site: DemoSite) -> None:
    made = unit(site=site.id)
    assert unit_of(site, made).can(["co2", "shaking"])
    can(site, made, "shaking", "co2", "co2")
    row = unit_of(site, made)
    assert (row.capabilities, row.can(["co2"]), row.can(["co2", "cooling"])) == (
        ["co2", "shaking"], True, False
    )  # fmt: skip
    can(site, made)
    assert (unit_of(site, made).can([]), unit_of(site, made).can(["co2"])) == (True, False)
    set_capabilities(
        command=command(engineer(site.id)), unit=made, capabilities=None, reason="New firmware"
    )
    assert unit_of(site, made).can(["co2", "cooling"])
    assert said_of(site, made)[1:] == [
        "Can do co2, shaking: Q-88", "Can do nothing special: Q-88",
        "Can do all that is asked of its class: New firmware",
    ]  # fmt: skip
    assert topics(site) == [("unit.capabilities", {"unit": str(made)})] * 3
    assert verify(everything=True).differences == []


@pytest.mark.parametrize("written", ["CO2", "co 2", "", "2co", "x" * 61])
def test_what_no_recipe_could_name_is_refused(site: DemoSite, written: str) -> None:
    made = unit(site=site.id)
    with pytest.raises(CapabilityUnreadable):
        can(site, made, "shaking", written)
    assert unit_of(site, made).capabilities is None


# --- the pages ---


def post(site: DemoSite, path: str, role: str = "engineering", **form: Any) -> Any:
    return signed_in_client(site, role).post(path, {"key": str(uuid7()), "seq": 1, **form})


def test_engineering_sets_hours_on_the_page_of_the_room(site: DemoSite) -> None:
    there = hall(site=site.id)
    path = f"/equipment/rooms/{there.room}/"
    sent: dict[str, Any] = {"opens": "06:00", "closes": "22:00", "reason": WHY, "days": [*WEEK]}
    assert post(site, f"{path}hours/", **sent).status_code == 302
    page = text(signed_in_client(site, "planner").get(path))
    assert ("daily 06:00–22:00" in page, f"Open each day 06:00–22:00: {WHY}" in page) == (
        True,
        True,
    )
    assert "Set the hours" not in page
    shown = text(signed_in_client(site, "planner").get("/equipment/"))
    assert "grade-C, closed, daily 06:00–22:00" in shown
    refused = post(site, f"{path}hours/", opens="06:00", reason=WHY, days=[1], seq=2)
    assert (refused.status_code, room_of(site, there.room).hours) == (422, DAY)
    assert post(site, f"{path}hours/", **{**sent, "days": []}, seq=2).status_code == 422
    assert post(site, f"{path}hours/", **{**sent, "days": [1, 2, 3]}, seq=2).status_code == 302
    page = text(signed_in_client(site, "planner").get(path))
    assert ("Mon–Wed 06:00–22:00" in page, room_of(site, there.room).days) == (True, [1, 2, 3])


def test_engineering_says_what_a_unit_can_on_its_page(site: DemoSite) -> None:
    made = unit(site=site.id)
    path = f"/equipment/units/{made}/"
    sent: dict[str, Any] = {"capabilities": " shaking, co2,", "reason": "Q-88", "action": "these"}
    assert post(site, f"{path}capabilities/", **sent).status_code == 302
    page = text(signed_in_client(site, "planner").get(path))
    assert ("Can do co2, shaking Bar code" in page, "What it can do" in page) == (True, False)
    refused = post(site, f"{path}capabilities/", **{**sent, "capabilities": "CO2", "seq": 2})
    assert (refused.status_code, unit_of(site, made).capabilities) == (422, ["co2", "shaking"])
    sent |= {"action": "all", "seq": "2"}
    assert post(site, f"{path}capabilities/", **sent).status_code == 302
    assert unit_of(site, made).capabilities is None


@pytest.mark.parametrize("role", ["planner", "auditor", "operator"])
def test_nobody_else_sets_either(site: DemoSite, role: str) -> None:
    there, made = hall(site=site.id), unit(site=site.id)
    hours: dict[str, Any] = {"opens": "06:00", "closes": "22:00", "reason": WHY}
    answers = [
        post(site, f"/equipment/rooms/{there.room}/hours/", role, **hours),
        post(site, f"/equipment/units/{made}/capabilities/", role, action="these", reason=WHY),
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [403, 403]
    assert (room_of(site, there.room).hours, unit_of(site, made).capabilities) == (None, None)
