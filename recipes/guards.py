"""What the conditions around a formula leave of its values: can one of them be zero? Pure."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from recipes import formulas, paths, settled
from recipes.conditions import Asked, range_of
from recipes.outline import Outline
from recipes.parts import Limits
from recipes.places import field_of
from recipes.settled import EVERYTHING, Range

# The least that is more than nothing, as far as formulas reckon.
LEAST = Decimal(1).scaleb(-formulas.LARGEST_EXPONENT)
# A weight and a volume are more than nothing, and what is worked out follows from its own values.
ENTERED = frozenset({"enter", "reading"})
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE,
}  # fmt: skip


@dataclass
class Guards:
    """Between what values lie where conditions hold, and which are not zero.

    ``asked`` are the values that are compared in a way that says neither: with one another, or in
    an ``or``. Such a condition may have seen to it.
    """

    ranges: dict[str, Range] = field(default_factory=dict)
    never_zero: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def narrowed(self, name: str, found: Range | None) -> Range | None:
        """Return between what a value lies, by its full name, where the conditions hold."""
        low, high = self.ranges.get(name, EVERYTHING)
        if found is None:
            return (low, high) if name in self.ranges else None
        return max(low, found[0]), min(high, found[1])

    def add(self, node: ast.expr, absolute: Callable[[str], str]) -> None:
        """Take one condition in."""
        said = _compared(node)
        if said is None:
            self.asked |= {absolute(name) for name in formulas.names_of(node)}
            return
        name, sign, number = absolute(said[0]), said[1], said[2]
        if sign is ast.NotEq:
            self.never_zero |= {name} if number == 0 else set()
            return
        low, high = self.ranges.get(name, EVERYTHING)
        step = LEAST if number == 0 else Decimal(0)
        if sign in {ast.Gt, ast.GtE, ast.Eq}:
            low = max(low, number + (step if sign is ast.Gt else 0))
        if sign in {ast.Lt, ast.LtE, ast.Eq}:
            high = min(high, number - (step if sign is ast.Lt else 0))
        self.ranges[name] = (low, high)


def guards_of(conditions: Iterable[Asked]) -> Guards:
    """Return what conditions leave of the values that they name."""
    found = Guards()
    for one in conditions:
        for part in settled.parts_of(one.tree):
            found.add(part, one.absolute)
    return found


def _compared(node: ast.expr) -> tuple[str, type[ast.cmpop], Decimal] | None:
    """Return a comparison of one value with a number, the value first."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or formulas.answer_of(node):
        return None
    left, sign, right = node.left, type(node.ops[0]), node.comparators[0]
    if isinstance(left, ast.Constant | ast.UnaryOp):
        left, sign, right = right, TURNED.get(sign, sign), left
    number = settled.interval(right, lambda _name: None)
    if number is None or not isinstance(left, ast.Name | ast.Attribute):
        return None
    return formulas.bare(formulas.dotted(left)), sign, number[0]


def allowed(outline: Outline, name: str, at: str) -> Range | None:
    """Return between what a value lies: what is plausible, else what its limits allow.

    A value beyond its limits may be entered. That their zero may be is what they say themselves.
    """
    place = paths.find(name, at=at, among=outline.by_name) if not paths.space_of(name) else None
    if place is not None and place.step.kind == "calculate":
        return None
    found = range_of(outline, name, at)
    if found is not None:
        return found
    entered = place is not None and place.step.kind in ENTERED
    limits = field_of(place.step, "limits") if place is not None and entered else None
    band = (limits.action or limits.alert) if isinstance(limits, Limits) else None
    if band is None:
        return None
    low, high = outline.bounds.default(band.low), outline.bounds.default(band.high)
    if (low is None and band.low is not None) or (high is None and band.high is not None):
        return None  # what they are depends on the order
    return EVERYTHING[0] if low is None else low, EVERYTHING[1] if high is None else high
