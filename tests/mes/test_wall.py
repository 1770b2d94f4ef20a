"""Wall time against a model that only reads zoneinfo forwards: minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.lib.wall import instant_of, midnight, span_of

BERLIN = "Europe/Berlin"
# Changes at night, at midnight, of half an hour, across the date line, and none at all.
ZONES = (
    BERLIN, "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut",
    "Pacific/Apia", "Asia/Tokyo", "Africa/Casablanca", "America/Sao_Paulo",
)  # fmt: skip
MINUTE = timedelta(minutes=1)


def changes(zone: str, year: int) -> list[date]:
    """Return the days of a year on which the offset changes."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    hours = [(first + timedelta(hours=n)).astimezone(ZoneInfo(zone)) for n in range(366 * 24)]
    return [b.date() for a, b in pairwise(hours) if a.utcoffset() != b.utcoffset()]


@cache
def days(zone: str) -> list[date]:
    """Return the days near which a clock is tried."""
    return [day for year in (2011, 2018, 2027) for day in changes(zone, year)]


@st.composite
def walls(draw: st.DrawFn) -> tuple[str, date, time]:
    """A zone and a wall time; two of three lie near a change of the clocks."""
    zone = draw(st.sampled_from(ZONES))
    anywhere = st.dates(date(2011, 1, 2), date(2030, 12, 30))
    near = st.builds(
        lambda day, by: day + timedelta(days=by),
        st.sampled_from(days(zone) or [date(2027, 3, 28)]), st.integers(-1, 1),
    )  # fmt: skip
    at = st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None))
    return zone, draw(near | near | anywhere), draw(at)


def read_forwards(day: date, at: time, zone: str) -> datetime:
    """Return the first minute at which a clock on the wall shows this time, or a later one."""
    wanted = datetime.combine(day, at)
    minute = wanted.replace(tzinfo=UTC) - timedelta(hours=16)
    while minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
        minute += MINUTE
    return minute


@given(walls())
def test_an_instant_is_the_first_at_which_the_wall_shows_the_time(
    wall: tuple[str, date, time],
) -> None:
    zone, day, at = wall
    assert instant_of(day, at, zone) == read_forwards(day, at, zone)


@given(walls(), st.lists(st.integers(0, 1439), min_size=2, max_size=4, unique=True))
def test_shifts_of_a_day_meet_and_are_as_long_as_the_day(
    wall: tuple[str, date, time], cuts: list[int]
) -> None:
    zone, day, _ = wall
    times = [time(cut // 60, cut % 60) for cut in sorted(cuts)]
    ends = [*times[1:], times[0]]
    spans = [span_of(day, *pair, zone) for pair in zip(times, ends, strict=True)]
    next_day = instant_of(day + timedelta(days=1), times[0], zone)
    assert [end for _, end in spans] == [*(start for start, _ in spans[1:]), next_day]
    assert all(start <= end for start, end in spans)


@pytest.mark.parametrize(
    ("day", "hours", "night"),
    [(date(2027, 3, 27), 24, 7), (date(2027, 3, 28), 23, 8), (date(2027, 10, 30), 24, 9),
     (date(2027, 10, 31), 25, 8), (date(2027, 6, 1), 24, 8)],
)  # fmt: skip
def test_the_night_of_the_change_has_an_hour_more_or_less(
    day: date, hours: int, night: int
) -> None:
    length = midnight(day + timedelta(days=1), BERLIN) - midnight(day, BERLIN)
    start, end = span_of(day, time(22), time(6), BERLIN)
    assert (length, end - start) == (timedelta(hours=hours), timedelta(hours=night))
