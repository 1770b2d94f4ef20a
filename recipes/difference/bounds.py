"""Bounds, spans and criteria: whether one is narrower or shorter than the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from recipes.difference.parts import What
from recipes.drafting.changes import Plain
from recipes.parts import parse_decimal, parse_duration

OPEN = {"low": Decimal("-Infinity"), "high": Decimal("Infinity")}
PARAMETER = re.compile(r"\bparameters\.[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Known:
    """The parameters of a document: value and unit by ``parameters.key``."""

    values: Mapping[str, tuple[str, str]]

    def number(self, text: Plain) -> Decimal | None:
        """Return a bound as a number; None for a formula that needs more than parameters."""
        said = self.values[text][0] if isinstance(text, str) and text in self.values else text
        try:
            return parse_decimal(said)
        except ValueError:
            return None

    def used(self, text: Plain) -> Iterator[str]:
        """Yield the parameters that a bound, a span or a formula names, each once."""
        said = PARAMETER.findall(text) if isinstance(text, str) else []
        yield from (name for name in dict.fromkeys(said) if name in self.values)

    def unit_of(self, text: Plain) -> str | None:
        """Return the unit of a parameter; None for what is none."""
        return self.values[text][1] if isinstance(text, str) and text in self.values else None

    def told(self, text: Plain) -> str:
        """Return a field's text with the values of the parameters that it names."""
        if text is None:
            return ""
        said = self._exactly(text)
        values = self.values_of(self.used(text)) if said == text else ""
        return f"{said} ({values})" if values else said

    def _exactly(self, text: Plain) -> str:
        """Return what is a parameter's name by its value, anything else as it is written."""
        if isinstance(text, str) and text in self.values:
            return f"{self._value(text)} ({_key(text)})"
        return str(text)

    def _value(self, name: str) -> str:
        return " ".join(self.values[name]).strip()

    def values_of(self, names: Iterable[str]) -> str:
        """Return what parameters are: ``seed_cells = 1e8 {cells}, moi = 5``."""
        return ", ".join(f"{_key(name)} = {self._value(name)}" for name in names)

    def band(self, band: Plain) -> str:
        """Return a band as people read it: ``0.9e8 – 1.1e8``, ``≥ 80``, ``≤ 5`` or nothing.

        A parameter is told by its value, those within formulas once behind all.
        """
        bounds = _bounds(band)
        low, high = (None if bound is None else self._exactly(bound) for bound in bounds)
        if low is None and high is None:
            return ""
        inside = [name for one in bounds if one not in self.values for name in self.used(one)]
        values = self.values_of(dict.fromkeys(inside))
        sign = f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
        return f"{sign} ({values})" if values else sign

    def seconds(self, text: Plain) -> int | None:
        """Return a span in seconds; None for what is none."""
        said = (
            " ".join(self.values[text]) if isinstance(text, str) and text in self.values else text
        )
        try:
            return int(parse_duration(said).total_seconds())
        except ValueError:
            return None


def _key(name: str) -> str:
    return name.partition(".")[2]


def known_of(data: Plain) -> Known:
    """Return the parameters of a document or draft."""
    rows = data.get("parameters") if isinstance(data, dict) else None
    named = [row for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)]
    return Known({
        f"parameters.{row.get('key')}": (str(row.get("default")), str(row.get("unit") or ""))
        for row in named
    })  # fmt: skip


def _bounds(band: Plain) -> tuple[Plain, Plain]:
    return (band.get("low"), band.get("high")) if isinstance(band, dict) else (None, None)


def limit_change(was: Plain, now: Plain, before: Known, after: Known) -> What | None:
    """Return what has become of a pair of limits; None when they are the same."""
    old, new = _bounds(was), _bounds(now)
    if old == (None, None) or new == (None, None):
        return {(False, True): What.LIMIT_ADDED, (True, False): What.LIMIT_REMOVED}.get(
            (old != (None, None), new != (None, None))
        )
    ways = {_lower(old[0], new[0], before, after), _higher(old[1], new[1], before, after)} - {0}
    if not ways:
        return None if old == new else What.LIMIT_SHIFTED
    if any(before.unit_of(one) != after.unit_of(one) for one in (*old, *new)):
        return What.LIMIT_SHIFTED  # numbers in two units say nothing of which is larger
    if ways == {1}:
        return What.LIMIT_NARROWED
    return What.LIMIT_WIDENED if ways == {-1} else What.LIMIT_SHIFTED


def _lower(was: Plain, now: Plain, before: Known, after: Known) -> int | None:
    """Return 1 when a lower bound rose, -1 when it fell, 0 for the same, None if nobody knows."""
    old = before.number(was) if was is not None else OPEN["low"]
    new = after.number(now) if now is not None else OPEN["low"]
    if old is None or new is None:
        return 0 if was == now else None
    return (new > old) - (new < old)


def _higher(was: Plain, now: Plain, before: Known, after: Known) -> int | None:
    """Return 1 when an upper bound fell: it is narrower now."""
    old = before.number(was) if was is not None else OPEN["high"]
    new = after.number(now) if now is not None else OPEN["high"]
    if old is None or new is None:
        return 0 if was == now else None
    return (new < old) - (new > old)


def span_change(was: Plain, now: Plain, before: Known, after: Known) -> str | None:
    """Return ``shortened``, ``lengthened``, ``added``, ``removed``; None for what is no span."""
    old, new = before.seconds(was), after.seconds(now)
    if was is None and new is not None:
        return "added"
    if now is None and old is not None:
        return "removed"
    if old is None or new is None or old == new:
        return None
    return "shortened" if new < old else "lengthened"


def criterion_change(
    field: str, was: Plain, now: Plain, before: Known, after: Known
) -> What:  # fmt: skip
    """Return whether a field of a criterion of release became tighter, looser, or just other."""
    if field == "limits":
        found = limit_change(was, now, before, after)
        return {
            What.LIMIT_ADDED: What.CRITERION_TIGHTENED,
            What.LIMIT_NARROWED: What.CRITERION_TIGHTENED,
            What.LIMIT_REMOVED: What.CRITERION_LOOSENED,
            What.LIMIT_WIDENED: What.CRITERION_LOOSENED,
        }.get(found or What.CHANGED, What.CRITERION_CHANGED)
    way = {"above": _lower, "below": _higher}.get(field)
    found_way = way(was, now, before, after) if way else None
    return {1: What.CRITERION_TIGHTENED, -1: What.CRITERION_LOOSENED}.get(
        found_way or 0, What.CRITERION_CHANGED
    )
