"""What comes before what: the order that ``after`` gives to stages and to operations. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate
from typing import Protocol

ZERO = timedelta()


class Ordered(Protocol):
    """A stage or an operation."""

    @property
    def key(self) -> str:
        """Its name among its siblings."""

    @property
    def after(self) -> tuple[str, ...] | None:
        """What it waits for: None is all that stands before it, () is nothing."""


class Order:
    """The order of siblings, by their numbers. What is in a circle never begins (``stuck``)."""

    def __init__(self, parts: Sequence[Ordered]) -> None:
        self.count = len(parts)
        self.plain = all(part.after is None for part in parts)
        self._direct = list(_direct(parts))
        self.stuck: frozenset[int] = frozenset()
        self._before: list[int] = []
        if not self.plain:
            self._walk()

    def _walk(self) -> None:
        """Fill the masks of what is before each part, in an order in which each is ready."""
        self._before = [0] * self.count
        open_ = [len(waits) for waits in self._direct]
        behind: list[list[int]] = [[] for _part in self._direct]
        for number, waits in enumerate(self._direct):
            for one in waits:
                behind[one].append(number)
        ready = [number for number, waits in enumerate(open_) if not waits]
        self.walked: list[int] = []
        for number in ready:
            self.walked.append(number)
            for one in self._direct[number]:
                self._before[number] |= self._before[one] | 1 << one
            for later in behind[number]:
                open_[later] -= 1
                if not open_[later]:
                    ready.append(later)
        self.stuck = frozenset(range(self.count)) - frozenset(self.walked)

    def is_before(self, one: int, other: int) -> bool:
        """Tell whether one part is over when another begins."""
        if self.plain or self.stuck:  # a circle is said to be one; the rest is as it stands
            return one < other
        return bool(self._before[other] >> one & 1)

    def beside(self, one: int, other: int) -> bool:
        """Tell whether two parts may run at the same time."""
        if self.plain or self.stuck or one == other:
            return False
        return not (self.is_before(one, other) or self.is_before(other, one))

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the parts that may run at the same time, the earlier first."""
        if self.plain or self.stuck:
            return
        for other in range(self.count):
            for one in range(other):
                if self.beside(one, other):
                    yield one, other

    def longest(self, weights: Sequence[timedelta], one: int | None) -> list[timedelta]:
        """Return for each part the longest way to its start from the end of ``one``.

        None is from the beginning of all. What is not behind ``one`` has no way: ZERO.
        """
        if self.plain or self.stuck:
            return self._along(weights, one)
        found = [ZERO] * self.count
        for number in self.walked:
            if one is None or self.is_before(one, number):
                ways = (
                    found[earlier] + (ZERO if earlier == one else weights[earlier])
                    for earlier in self._direct[number]
                    if one is None or earlier == one or self.is_before(one, earlier)
                )
                found[number] = max(ways, default=ZERO)
        return found

    def _along(self, weights: Sequence[timedelta], one: int | None) -> list[timedelta]:
        first = 0 if one is None else one + 1
        before = list(accumulate(weights[first:-1] if first < self.count else (), initial=ZERO))
        return [*[ZERO] * first, *before][: self.count]

    def last_before(self, number: int) -> tuple[int, ...]:
        """Return the parts that a part waits for, without those before these."""
        return tuple(self._direct[number])


def _direct(parts: Sequence[Ordered]) -> Iterator[list[int]]:
    """Yield for each part what it waits for; all before it is those that nobody waits for yet."""
    numbers = {part.key: number for number, part in enumerate(parts)}
    ends: dict[int, None] = {}
    for number, part in enumerate(parts):
        waits = (
            list(ends) if part.after is None
            else [numbers[key] for key in dict.fromkeys(part.after) if key in numbers]
        )  # fmt: skip
        for one in waits:
            ends.pop(one, None)
        ends[number] = None
        yield waits
