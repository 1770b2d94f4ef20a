"""Free hours of places and units, and the first of them that fit."""

from collections.abc import Iterable, Sequence
from datetime import datetime

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
