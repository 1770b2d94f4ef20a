"""When somebody is at what a plan books."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from equipment.entries import StageSpan
from mes.lib.ids import uuid7
from planning.entries import PlanBooking
from planning.windows import worked

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
HALL, SUITE = uuid7(), uuid7()


def at(hours: int) -> datetime:
    return MONDAY + timedelta(hours=hours)


def booking(resource: UUID, *, work: tuple[int, int], until: int) -> PlanBooking:
    start, work_end = (at(hours) for hours in work)
    stage = StageSpan(key="s", start=start, end=work_end)
    return PlanBooking(
        kind="place", resource=resource, label="", alias="", stages=(stage,), start=start,
        work_end=work_end, end=at(until), exclusive=False,
    )  # fmt: skip


def test_cleaning_is_work_and_holding_a_place_for_the_next_stage_is_not() -> None:
    """Cells grow for four days in a place that is handed on: its room may be shut at night."""
    bookings = [
        booking(HALL, work=(0, 6), until=102),
        booking(HALL, work=(102, 104), until=105),
        # Another place is free just when the first is handed on.
        booking(SUITE, work=(100, 101), until=102),
    ]
    assert list(worked(bookings)) == [
        (HALL, (at(0), at(6))), (HALL, (at(102), at(104))), (HALL, (at(104), at(105))),
        (SUITE, (at(100), at(101))), (SUITE, (at(101), at(102))),
    ]  # fmt: skip
