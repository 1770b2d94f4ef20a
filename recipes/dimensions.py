"""Units of a formula: what unit it gives, worked out without any value.

A number written in a formula has no unit of its own: it takes that of what it is added to,
and multiplies without changing a unit. A percentage is written ``100 * part / whole``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from recipes import formulas, units

UnitOf = Callable[[str], str | None]


class UnitMismatch(ValueError):
    """A formula that adds what cannot be added, or gives another unit than it should."""


def check(formula: str, *, unit_of: UnitOf, gives: str | None) -> None:
    """Raise UnitMismatch with a sentence when units do not fit. ``gives`` None asks no unit."""
    found = _unit(formulas.parse(formula).tree, unit_of)
    if found is None or gives is None:
        return
    asked = units.quantity(gives)
    if not (units.same(found, asked) or (gives == "%" and units.same(found, units.quantity("1")))):
        raise UnitMismatch(
            _("“%(formula)s” gives %(found)s, not %(asked)s.")
            % {"formula": formula, "found": _named(found), "asked": gives}
        )


def _named(unit: Any) -> str:
    """Return the name of a unit for people; a count of nothing, or a share, has none."""
    return f"{unit.units:~}" or _("a number without a unit")


def _unit(node: ast.expr, unit_of: UnitOf) -> Any:
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        code = unit_of(formulas.bare(formulas.dotted(node)))
        return units.quantity(code) if code is not None and units.known(code) else None
    if isinstance(node, ast.BinOp):
        return _of_pair(node, unit_of)
    if isinstance(node, ast.UnaryOp):
        return _unit(node.operand, unit_of)
    if isinstance(node, ast.IfExp):
        _unit(node.test, unit_of)
        return _alike([node.body, node.orelse], unit_of)
    if isinstance(node, ast.Compare) and formulas.answer_of(node) is None:
        _alike([node.left, *node.comparators], unit_of)
    if isinstance(node, ast.BoolOp):
        for part in node.values:
            _unit(part, unit_of)
    if isinstance(node, ast.Call):
        alone = isinstance(node.func, ast.Name) and node.func.id == "round"
        return _alike(node.args[:1] if alone else node.args, unit_of)
    return None


def _of_pair(node: ast.BinOp, unit_of: UnitOf) -> Any:
    if isinstance(node.op, ast.Add | ast.Sub):
        return _alike([node.left, node.right], unit_of)
    left, right = _unit(node.left, unit_of), _unit(node.right, unit_of)
    if isinstance(node.op, ast.Pow):
        power = _whole(node.right)
        return left**power if power is not None and left is not None else None
    if isinstance(node.op, ast.Div):
        return _times(left, None if right is None else 1 / right)
    return _times(left, right)


def _whole(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        power = _whole(node.operand)
        return None if power is None else -power
    value: Any = node.value if isinstance(node, ast.Constant) else None
    return int(value) if isinstance(value, Decimal) and value == int(value) else None


def _times(left: Any, right: Any) -> Any:
    if left is None or right is None:
        return left if right is None else right
    return left * right


def _alike(parts: list[ast.expr], unit_of: UnitOf) -> Any:
    found = [unit for unit in (_unit(part, unit_of) for part in parts) if unit is not None]
    for other in found[1:]:
        if not units.same(found[0], other):
            raise UnitMismatch(
                _("%(one)s and %(other)s cannot be added or compared.")
                % {"one": _named(found[0]), "other": _named(other)}
            )
    return found[0] if found else None
