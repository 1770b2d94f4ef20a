"""Geometry of the limit scale: where each limit stands, and where a value falls.

The limits that exist stand at equal distances, so that a narrow alert range is as easy to read
as a wide one; a value lies between its neighbours in proportion. Percent of the width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

NAMES: Final = ("action_low", "alert_low", "target", "alert_high", "action_high")


class Point:
    """One limit on the scale: its name, its value as written, and its place in percent."""

    def __init__(self, name: str, written: str, place: Decimal) -> None:
        self.name = name
        self.written = written
        self.value = Decimal(written)
        self.place = place


@dataclass(frozen=True)
class Zone:
    """A stretch between two points: `in`, `alert` or `action`."""

    kind: str
    start: Decimal
    end: Decimal

    @property
    def width(self) -> Decimal:
        """Percent of the scale."""
        return self.end - self.start


@dataclass(frozen=True)
class Scale:
    """All that the drawing needs."""

    points: Sequence[Point]
    zones: Sequence[Zone]

    def place(self, value: Decimal) -> Decimal:
        """Return where `value` falls, in percent from 3 to 97."""
        marks = [(point.value, point.place) for point in self.points]
        if not marks:
            return Decimal(50)
        if len(marks) == 1:
            return _side(value, *marks[0])
        for (low, start), (high, end) in pairwise(marks):
            if value <= high or (high, end) == marks[-1]:
                span = high - low or Decimal(1)
                return _clamp(start + (value - low) / span * (end - start))
        return Decimal(97)

    def kind(self, value: Decimal) -> str:
        """Return `in`, `alert` or `action`. A value on a limit is inside it."""
        by_name = {point.name: point.value for point in self.points}
        if _outside(value, by_name.get("action_low"), by_name.get("action_high")):
            return "action"
        if _outside(value, by_name.get("alert_low"), by_name.get("alert_high")):
            return "alert"
        return "in"


def _clamp(place: Decimal) -> Decimal:
    return max(Decimal(3), min(Decimal(97), place)).quantize(Decimal("0.01"))


def _side(value: Decimal, mark: Decimal, place: Decimal) -> Decimal:
    """With a single limit only the side is true, so the middle of that side."""
    if value == mark:
        return place
    return _clamp(place / 2 if value < mark else (place + 100) / 2)


def _outside(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _get(limits: object, name: str) -> str:
    found = limits.get(name) if isinstance(limits, Mapping) else getattr(limits, name, None)
    return "" if found is None else str(found)


def _zones(points: Sequence[Point]) -> list[Zone]:
    """Name each stretch by the limits on both of its sides."""
    edges = [Decimal(0), *(point.place for point in points), Decimal(100)]
    names = [point.name for point in points]
    kinds = [_kind(names, position) for position in range(len(edges) - 1)]
    return [
        Zone(kind, start, end) for kind, (start, end) in zip(kinds, pairwise(edges), strict=True)
    ]


def _kind(names: Sequence[str], position: int) -> str:
    left, right = names[:position], names[position:]
    if "action_low" in right or "action_high" in left:
        return "action"
    if "alert_low" in right or "alert_high" in left:
        return "alert"
    return "in"


def scale(limits: object) -> Scale:
    """Return the scale of `limits`: an object or mapping with any of NAMES, decimals in strings.

    Raises ValueError when a limit is no decimal.
    """
    written = [(name, _get(limits, name)) for name in NAMES]
    present = [(name, text) for name, text in written if text]
    step = Decimal(100) / (len(present) + 1)
    try:
        points = [
            Point(name, text, (step * n).quantize(Decimal("0.01")))
            for n, (name, text) in enumerate(present, start=1)
        ]
    except InvalidOperation as problem:
        raise ValueError("A limit is not a decimal number.") from problem
    return Scale(points, _zones(points))
