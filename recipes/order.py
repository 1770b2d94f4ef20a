"""What comes before what: the order that ``after`` gives to stages and to operations. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol


class Ordered(Protocol):
    """A stage or an operation."""

    @property
    def key(self) -> str:
        """Its name among its siblings."""

    @property
    def after(self) -> tuple[str, ...] | None:
        """What it waits for: None is all that stands before it, () is nothing."""


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers that a mask holds, the smallest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Order:
    """The order of siblings, by their numbers. What is in a circle never begins (``stuck``).

    What is before, behind or beside a part is a mask: bit ``n`` stands for part ``n``. So a
    question about all parts costs hardly more than one about two.
    """

    def __init__(self, parts: Sequence[Ordered]) -> None:
        self.count = len(parts)
        self.plain = all(part.after is None for part in parts)
        self._direct = list(_direct(parts))
        self.walked: list[int] = list(range(self.count))
        self.stuck: frozenset[int] = frozenset()
        if not self.plain:
            self.walked = list(self._walk())
            self.stuck = frozenset(range(self.count)) - frozenset(self.walked)
        self._in_line = self.plain or bool(self.stuck)

    def _walk(self) -> Iterator[int]:
        """Yield the parts in an order in which each is ready."""
        open_ = [len(waits) for waits in self._direct]
        behind: list[list[int]] = [[] for _part in self._direct]
        for number, waits in enumerate(self._direct):
            for one in waits:
                behind[one].append(number)
        ready = [number for number, waits in enumerate(open_) if not waits]
        for number in ready:
            yield number
            for later in behind[number]:
                open_[later] -= 1
                if not open_[later]:
                    ready.append(later)

    @cached_property
    def _all(self) -> int:
        return (1 << self.count) - 1

    @cached_property
    def _before(self) -> list[int]:
        found = [0] * self.count
        for number in self.walked:
            mask = 0
            for one in reversed(self._direct[number]):
                if not mask >> one & 1:
                    mask |= found[one] | 1 << one
            found[number] = mask
        return found

    @cached_property
    def _behind(self) -> list[int]:
        found = [0] * self.count
        for number in reversed(self.walked):
            mask = found[number] | 1 << number
            for one in self._direct[number]:
                found[one] |= mask
        return found

    def before(self, number: int) -> int:
        """Return the mask of what is over when a part begins."""
        if self._in_line:  # a circle is said to be one; the rest is as it stands
            return (1 << number) - 1
        return self._before[number]

    def behind(self, number: int) -> int:
        """Return the mask of what begins only when a part is over."""
        if self._in_line:
            return self._all >> number + 1 << number + 1
        return self._behind[number]

    def beside(self, number: int) -> int:
        """Return the mask of what may run at the same time as a part."""
        if self._in_line:
            return 0
        return self._all ^ (self._before[number] | self._behind[number] | 1 << number)

    def is_before(self, one: int, other: int) -> bool:
        """Tell whether one part is over when another begins."""
        if self._in_line:
            return one < other
        return bool(self._before[other] >> one & 1)

    def waits_for(self, number: int) -> tuple[int, ...]:
        """Return the parts that a part waits for, without those that are before another of them."""
        if self._in_line:
            return (number - 1,) if number else ()
        direct, behind_others = self._direct[number], 0
        for one in direct:
            behind_others |= self._before[one]
        return tuple(one for one in direct if not behind_others >> one & 1)


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
