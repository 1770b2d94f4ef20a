"""Free hours of places and units, the first of them that fit, and the hours of work in a plan."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from planning.entries import PlanBooking
from planning.problem import Hours


class Calendar:
    """The free windows of one or several resources that are used together, until ``until``."""

    def __init__(self, taken: Iterable[Sequence[Hours]], *, start: datetime, until: datetime):
        self.windows = list(_free(sorted(h for hours in taken for h in hours), start, until))

    def earliest(self, start: datetime, end: datetime) -> datetime | None:
        """Return the first instant from ``start`` on from which it is free until ``end``.

        It is exact for an end that only grows: a window that closes before ``end`` never helps.
        """
        found = next((window for window in self.windows if window[1] >= end), None)
        return None if found is None else max(start, found[0])


def _free(taken: Sequence[Hours], start: datetime, until: datetime) -> Iterable[Hours]:
    at = start
    for begins, ends in taken:
        if begins > at:
            yield at, min(begins, until)
        at = max(at, ends)
        if at >= until:
            return
    yield at, until


def worked(bookings: Sequence[PlanBooking]) -> Iterator[tuple[UUID, Hours]]:
    """Yield each place or unit of a plan with the hours in which somebody is at it.

    That is in its stages, and after the last to clean. What is handed on to the plan's next booking
    of it is held until then, and nobody is there.
    """
    begins = {(one.resource, one.start) for one in bookings}
    for one in bookings:
        for stage in one.stages:
            yield one.resource, (stage.start, stage.end)
        if one.end > one.work_end and (one.resource, one.end) not in begins:
            yield one.resource, (one.work_end, one.end)
