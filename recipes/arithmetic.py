"""Arithmetic on Decimal: what a formula of a recipe gives, and whether a condition holds."""

from __future__ import annotations

import ast
import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from simpleeval import InvalidExpression, SimpleEval

from recipes.formulas import (
    LARGEST_EXPONENT,
    Formula,
    FormulaError,
    answer_of,
    check_exponent,
    dotted,
    literal,
    parse,
)

DIGITS = 34
# So many digits has the largest number that is given, with the most decimals that are kept of it.
ROUNDED = decimal.Context(prec=80)
Lookup = Callable[[str], Decimal]
Words = Callable[[str], str]


def _power(base: Any, exponent: Any) -> Any:
    check_exponent(exponent)
    return base**exponent


def round_half_up(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Round to decimal places, a five away from zero."""
    if not places.is_finite():
        raise FormulaError(_("A number is rounded to a number of decimal places."))
    unit = Decimal(1).scaleb(-int(places), context=ROUNDED)
    return value.quantize(unit, rounding=decimal.ROUND_HALF_UP, context=ROUNDED)


def _ceil(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=decimal.ROUND_CEILING)


def _floor(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding=decimal.ROUND_FLOOR)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": round_half_up,
    "ceil": _ceil,
    "floor": _floor,
}
BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: _power,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: lambda a: -a,
    ast.UAdd: lambda a: +a,
    ast.Not: lambda a: not a,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


def _number(node: ast.Constant, text: str) -> Decimal:
    """Return the number that was read; raises FormulaError for the text that was not."""
    return node.value if isinstance(node.value, Decimal) else literal(node, text)


class _Arithmetic(SimpleEval):  # type: ignore[misc] # simpleeval has no types
    """simpleeval narrowed to Decimal: exact literals, dotted names, no attributes, no text."""

    nodes: dict[type[ast.AST], Callable[[Any], Any]]
    allowed: ClassVar[frozenset[str]] = frozenset(
        ("UnaryOp", "BinOp", "BoolOp", "Compare", "IfExp", "Call", "Name", "Attribute",
         "Subscript", "Constant")
    )  # fmt: skip

    _formula: Formula
    _lookup: Lookup
    _words: Words | None

    def __init__(self) -> None:
        operators: Any = {**BINARY, **UNARY, **COMPARE}
        super().__init__(operators=operators, functions=dict(FUNCTIONS), names={})
        for kind in [kind for kind in self.nodes if kind.__name__ not in self.allowed]:
            del self.nodes[kind]

    def work_out(self, formula: Formula, lookup: Lookup, words: Words | None) -> Any:
        """Return what a formula gives: a number, or whether a condition holds."""
        self._formula, self._lookup, self._words = formula, lookup, words
        return self._eval(formula.tree)

    def _eval_name(self, node: ast.Name) -> Decimal:
        return self._lookup(dotted(node))

    def _eval_attribute(self, node: ast.Attribute) -> Decimal:
        return self._lookup(dotted(node))

    def _eval_subscript(self, node: ast.Subscript) -> Decimal:
        return self._lookup(dotted(node))

    def _eval_compare(self, node: ast.Compare) -> Any:
        said = answer_of(node)
        if said is None or self._words is None:
            return super()._eval_compare(node)
        given = self._words(said[0])
        return (given == said[1]) == isinstance(node.ops[0], ast.Eq)

    def _eval_constant(self, node: ast.Constant) -> Decimal:
        return _number(node, self._formula.text)


def evaluate(text: str, lookup: Lookup, words: Words | None = None) -> Decimal:
    """Work a formula out with 34 digits; ``lookup`` gives the number behind a name.

    ``words`` gives the answer behind a name that is compared with a key. Raises FormulaError
    (division by zero, overflow, not a number) and whatever the two raise.
    """
    formula = parse(text)
    if isinstance(formula.tree, ast.Constant):
        return _number(formula.tree, formula.text)
    found = _worked_out(formula, lookup, words)
    if not isinstance(found, Decimal):
        raise FormulaError(_("“%(text)s” does not give a number.") % {"text": text})
    if not found.is_finite() or abs(found.adjusted()) > LARGEST_EXPONENT:
        if found.is_zero():
            return Decimal(0)
        raise FormulaError(_not_with_these(formula))
    return found


def holds(text: str, lookup: Lookup, words: Words | None = None) -> bool:
    """Say whether a condition holds. Raises as ``evaluate`` does, and for what is none."""
    found = _worked_out(parse(text), lookup, words)
    if not isinstance(found, bool):
        raise FormulaError(_("“%(text)s” is not a condition that holds or not.") % {"text": text})
    return found


_CONTEXT = decimal.Context(prec=DIGITS)
_CONTEXT.traps[decimal.Overflow] = True


def _worked_out(formula: Formula, lookup: Lookup, words: Words | None) -> Any:
    with decimal.localcontext(_CONTEXT):
        arithmetic = _taken()
        try:
            return arithmetic.work_out(formula, lookup, words)
        except (decimal.DecimalException, InvalidExpression, TypeError, AttributeError) as error:
            raise FormulaError(_not_with_these(formula)) from error
        finally:
            _FREE.append(arithmetic)


# Making one takes longer than most formulas; one that is at work is nobody else's.
_FREE: list[_Arithmetic] = []


def _taken() -> _Arithmetic:
    try:
        return _FREE.pop()
    except IndexError:
        return _Arithmetic()


def _not_with_these(formula: Formula) -> str:
    return _("“%(text)s” cannot be worked out with these values.") % {"text": formula.text}
