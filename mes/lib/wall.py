"""Wall time of a site and instants: what a clock on the wall shows, the nights of the change too.

A wall time that a change skips means the instant of the change; one that comes twice means the
first. So consecutive shifts meet without a gap or an overlap, whatever the night.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# What people can mean by a day. Next to the ends of the calendar no day has an instant everywhere.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2999, 12, 31)
_STEP = timedelta(seconds=1)


def instant_of(day: date, at: time, zone: str) -> datetime:
    """Return the first instant (UTC) at which the wall of ``zone`` shows ``at`` of ``day``."""
    wall = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    found = wall.astimezone(UTC)
    if _wall(found, zone) == wall.replace(tzinfo=None):
        return found
    return _change(wall.replace(fold=1).astimezone(UTC), found, zone)


def _wall(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _change(low: datetime, high: datetime, zone: str) -> datetime:
    """Return the instant between the two from which the wall is at its later offset."""
    later = high.astimezone(ZoneInfo(zone)).utcoffset()
    while high - low > _STEP:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(ZoneInfo(zone)).utcoffset() == later:
            high = middle
        else:
            low = middle
    return high


def span_of(day: date, start: time, end: time, zone: str) -> tuple[datetime, datetime]:
    """Return the instants of a shift that begins on ``day``; one that ends at or before its
    start ends on the day after.
    """
    last = day if end > start else day + timedelta(days=1)
    return instant_of(day, start, zone), instant_of(last, end, zone)


def midnight(day: date, zone: str) -> datetime:
    """Return the instant at which a day begins on the wall."""
    return instant_of(day, time(), zone)
