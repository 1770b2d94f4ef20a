"""The longest ways between the points of a plan in which each thing waits for others. Pure.

A way from one point to another is the time that passes at least between them. Ways from hundreds of
points are worked out in one go: each point has one long number in which every beginning has 64 bits
of its own, so that one addition or comparison is made for all of them. Asked one after the other,
a recipe of 5,000 operations would take a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

# The bits of one beginning: a calendar's seconds need 39; the highest is for comparing.
LANE = 64
# A circle of bounds shows itself within a few turns; one that needs more is not looked for.
MOST_TURNS = 60
# So many beginnings are worked out together: with more of them the numbers only grow.
TOGETHER = 256
Pair = tuple[int, int]


class Ways:
    """Points, and how much passes at least from one to the next, in whole seconds."""

    def __init__(self) -> None:
        self._into: list[list[Pair]] = []
        self._soft: list[Pair] = []

    def __len__(self) -> int:
        """Return how many points there are."""
        return len(self._into)

    def point(self, *before: int, least: int = 0) -> int:
        """Return a new point that comes so much after others."""
        self._into.append([(one, least) for one in before])
        return len(self._into) - 1

    def edge(self, one: int, other: int, least: int = 0) -> None:
        """Let a point come so much after another."""
        self._into[other].append((one, least))

    def beside(self, one: int, other: int) -> None:
        """Say that a point on another branch is not before one: no way, but it bounds others."""
        self._soft.append((one, other))

    @cached_property
    def _walked(self) -> list[int]:
        """The points in an order in which all that a point waits for comes before it."""
        behind: list[list[int]] = [[] for _point in self._into]
        open_ = [len(into) for into in self._into]
        for other, into in enumerate(self._into):
            for one, _least in into:
                behind[one].append(other)
        for one, other in self._soft:
            behind[one].append(other)
            open_[other] += 1
        ready = [point for point, waits in enumerate(open_) if not waits]
        for point in ready:
            for later in behind[point]:
                open_[later] -= 1
                if not open_[later]:
                    ready.append(later)
        return ready

    @cached_property
    def _at(self) -> list[int]:
        """Where each point stands in that order."""
        found = [0] * len(self._into)
        for position, point in enumerate(self._walked):
            found[point] = position
        return found

    @cached_property
    def _soonest(self) -> list[int]:
        """When each point comes at the soonest, if all begin at once."""
        found = [0] * len(self._into)
        soft: dict[int, list[int]] = {}
        for one, other in self._soft:
            soft.setdefault(other, []).append(one)
        for point in self._walked:
            soonest = max((found[one] + least for one, least in self._into[point]), default=0)
            for one in soft.get(point, ()):
                soonest = max(soonest, found[one])
            found[point] = soonest
        return found

    def most(self, one: int, other: int) -> int:
        """Return what a way is at most, without looking for it."""
        return self._soonest[other] - self._soonest[one]

    def inside(self, starts: Iterable[int], part: Mapping[int, int]) -> list[int | None]:
        """Return for each point the longest way from the start of its own part; None for no way."""
        found: list[int | None] = [None] * len(self._into)
        for start in starts:
            found[start] = 0
        for point in self._walked:
            for one, least in self._into[point]:
                way = found[one]
                if way is not None and part.get(one) == part.get(point):
                    found[point] = max(found[point] or 0, way + least)
        return found

    def at_odds(self, bounds: Sequence[tuple[int, int, int]]) -> tuple[list[int], int]:
        """Return the numbers of bounds that cannot all be kept, and by how much; none if they can.

        A bound is two points and how much the second comes after the first at most.
        """
        at = [0] * len(self._into)
        come: list[tuple[int, int, int] | None] = [None] * len(self._into)
        for _turn in range(MOST_TURNS):
            for point in self._walked:
                for one, least in self._into[point]:
                    if at[one] + least > at[point]:
                        at[point], come[point] = at[one] + least, (one, least, -1)
            moved = False
            for number, (one, other, most) in enumerate(bounds):
                if at[other] - most > at[one]:
                    at[one], come[one], moved = at[other] - most, (other, -most, number), True
            circle = _circle(come) if moved else []
            if circle or not moved:
                steps = [come[point] or (0, 0, -1) for point in circle]
                return [number for _one, _time, number in steps if number >= 0], sum(
                    time for _one, time, _number in steps
                )
        return [], 0

    def between(self, pairs: Sequence[Pair]) -> dict[Pair, int]:
        """Return the longest way of each pair of points; a pair without a way is left out."""
        found: dict[Pair, int] = {}
        ordered = sorted(set(pairs), key=lambda pair: self._at[pair[0]])
        sources = list(dict.fromkeys(one for one, _other in ordered))
        for begin in range(0, len(sources), TOGETHER):
            lanes = {one: LANE * lane for lane, one in enumerate(sources[begin:][:TOGETHER])}
            wanted: dict[int, list[int]] = {}
            for one, other in ordered:
                if one in lanes:
                    wanted.setdefault(other, []).append(one)
            found.update(self._run(lanes, wanted))
        return found

    def _run(
        self, lanes: dict[int, int], wanted: dict[int, list[int]]
    ) -> Iterator[tuple[Pair, int]]:
        """Work out the ways from the beginnings that have a lane to the points that are wanted."""
        at, guard = self._at, sum(1 << LANE - 1 + shift for shift in lanes.values())
        first, last = min(at[one] for one in lanes), max(at[other] for other in wanted)
        sums, reached = [0] * len(self._into), [0] * len(self._into)
        for point in self._walked[first : last + 1]:
            total = come = 0
            for one, least in self._into[point]:
                if lane := reached[one]:
                    way = sums[one] + lane * least
                    total = _larger(total, way, guard) if total else way
                    come |= lane
            if point in lanes:
                come |= 1 << lanes[point]
            sums[point], reached[point] = total, come
            for one in wanted.get(point, ()):
                if come >> lanes[one] & 1:
                    yield (one, point), total >> lanes[one] & (1 << LANE - 1) - 1


def _circle(come: Sequence[tuple[int, int, int] | None]) -> list[int]:
    """Return the points of a circle in which each comes from the next; none if there is none."""
    seen = [0] * len(come)
    for start in range(len(come)):
        point: int | None = start
        while point is not None and not seen[point]:
            seen[point] = start + 1
            before = come[point]
            point = None if before is None else before[0]
        if point is not None and seen[point] == start + 1:
            return _around(come, point)
    return []


def _around(come: Sequence[tuple[int, int, int] | None], start: int) -> list[int]:
    found, before = [start], come[start]
    while before is not None and before[0] != start:
        found.append(before[0])
        before = come[before[0]]
    return found


def _larger(one: int, other: int, guard: int) -> int:
    """Return the larger of two numbers in each lane; ``guard`` has the highest bit of each."""
    not_less = (one | guard) - other & guard
    mask = not_less - (not_less >> LANE - 1)
    return other ^ (one ^ other) & mask
