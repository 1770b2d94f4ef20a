"""What can be said of a condition before anything has happened: it never holds, always, or either.

Intervals instead of numbers: an input lies between its bounds, a parameter where a site may set it,
an entered value where it is plausible. What is not known leaves the answer open. Pure.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException

from recipes import arithmetic, formulas

Range = tuple[Decimal, Decimal]
RangeOf = Callable[[str], Range | None]
EVERYTHING = (Decimal("-Infinity"), Decimal("Infinity"))


def settled(node: ast.expr, range_of: RangeOf) -> bool | None:
    """Return whether a condition holds whatever happens (True), never (False), or None."""
    if isinstance(node, ast.BoolOp):
        known = [settled(part, range_of) for part in node.values]
        decisive = not isinstance(node.op, ast.And)
        if decisive in known:
            return decisive
        return None if None in known else not decisive
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = settled(node.operand, range_of)
        return None if inner is None else not inner
    if isinstance(node, ast.Compare) and formulas.answer_of(node) is None:
        return _compared(node, range_of)
    return None


def _compared(node: ast.Compare, range_of: RangeOf) -> bool | None:
    sides = [interval(part, range_of) for part in (node.left, *node.comparators)]
    known = [
        _pair(op, left, right) for op, left, right in zip(node.ops, sides, sides[1:], strict=False)
    ]
    if False in known:
        return False
    return None if None in known else True


def _pair(op: ast.cmpop, left: Range | None, right: Range | None) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(op, ast.Gt | ast.GtE):
        left, right = right, left
    if isinstance(op, ast.Lt | ast.Gt):
        return True if left[1] < right[0] else False if left[0] >= right[1] else None
    if isinstance(op, ast.LtE | ast.GtE):
        return True if left[1] <= right[0] else False if left[0] > right[1] else None
    apart = left[1] < right[0] or right[1] < left[0]
    one = left[0] == left[1] == right[0] == right[1]
    if not apart and not one:
        return None
    return one == isinstance(op, ast.Eq)


def interval(node: ast.expr, range_of: RangeOf) -> Range | None:
    """Return between what a formula's number lies, None when nothing is known."""
    try:
        return _interval(node, range_of)
    except (DecimalException, formulas.FormulaError):
        return None


def _interval(node: ast.expr, range_of: RangeOf) -> Range | None:
    if isinstance(node, ast.Constant):
        number = Decimal(str(node.value))
        return number, number
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return range_of(formulas.bare(formulas.dotted(node)))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = interval(node.operand, range_of)
        return None if inner is None else (-inner[1], -inner[0])
    if isinstance(node, ast.BinOp):
        left, right = interval(node.left, range_of), interval(node.right, range_of)
        return None if left is None or right is None else _worked(node.op, left, right)
    return None


def _worked(op: ast.operator, left: Range, right: Range) -> Range | None:
    if isinstance(op, ast.Div) and right[0] <= 0 <= right[1]:
        return None
    work = arithmetic.BINARY.get(type(op))
    if work is None or isinstance(op, ast.Pow):
        return None
    corners = [work(one, other) for one in left for other in right]
    return min(corners), max(corners)


@dataclass
class Together:
    """Conditions that must all hold: what they leave of each number and answer."""

    ranges: dict[str, Range] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    contradict: bool = False

    def add(self, node: ast.expr, absolute: Callable[[str], str]) -> None:
        """Take one condition in; ``absolute`` makes its names those of the whole recipe."""
        said = formulas.answer_of(node)
        if said is not None and isinstance(node, ast.Compare):
            self._answer(absolute(said[0]), said[1], equal=isinstance(node.ops[0], ast.Eq))
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            self._bound(node.left, node.ops[0], node.comparators[0], absolute)

    def _answer(self, name: str, key: str, *, equal: bool) -> None:
        given = self.answers.get(name)
        if equal:
            self.contradict |= given not in {None, key} or (name, key) in self.refused
            self.answers[name] = key
        else:
            self.contradict |= given == key
            self.refused.add((name, key))

    def _bound(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, absolute: Callable[[str], str]
    ) -> None:
        bound = interval(right, lambda _name: None)
        if bound is None or not isinstance(left, ast.Name | ast.Attribute):
            return
        name = absolute(formulas.dotted(left))
        low, high = self.ranges.get(name, EVERYTHING)
        if isinstance(op, ast.Gt | ast.GtE | ast.Eq):
            low = max(low, bound[0])
        if isinstance(op, ast.Lt | ast.LtE | ast.Eq):
            high = min(high, bound[1])
        self.ranges[name] = (low, high)
        strict = isinstance(op, ast.Gt | ast.Lt)
        self.contradict |= low > high or (strict and low == high)


def parts_of(node: ast.expr) -> Iterable[ast.expr]:
    """Yield the conditions that an ``and`` joins."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for part in node.values:
            yield from parts_of(part)
    else:
        yield node
