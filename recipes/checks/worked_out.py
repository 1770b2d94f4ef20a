"""What is worked out: by names that are there, and never divided by nothing."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.conditions import conditions, over, range_of
from recipes.faults import Fault, check
from recipes.formulas import LARGEST_EXPONENT, Formula, FormulaError
from recipes.guards import Guards, allowed, guards_of
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.settled import Range, RangeOf, interval
from recipes.step import Written

ENDS = ("low", "high")


@dataclass(frozen=True, slots=True)
class Calculated:
    """A formula where it stands: between what its values lie, and which of them are asked about.

    ``allowed`` takes limits for bounds where nothing else says what is possible. ``settled`` are
    the values that a condition asks for before in a way that does not say it: it may have seen to
    it that none of them is what this cannot be worked out with. ``never_zero`` are not zero.
    """

    path: Path
    formula: Formula
    range_of: RangeOf
    allowed: RangeOf
    absolute: Callable[[str], str]
    settled: frozenset[str] = frozenset()
    never_zero: frozenset[str] = frozenset()

    def cannot_be_zero(self, node: ast.expr) -> bool:
        """Tell whether a condition says of a value that it is not zero."""
        named = isinstance(node, ast.Name | ast.Attribute)
        return named and self.absolute(formulas.bare(formulas.dotted(node))) in self.never_zero


def _calculated(outline: Outline, wanted: Callable[[Formula], bool]) -> Iterator[Calculated]:
    for place, several in outline.formulas:
        for written in several:
            formula = formulas.parse(written.formula)
            if wanted(formula):
                guards = guards_of(over(outline, place))
                yield _at(outline, (*place.path, *written.path), formula, place.name, guards)
    for path, written in outline.outside():
        formula = formulas.parse(written.formula)
        if wanted(formula):
            yield _at(outline, (*path, *written.path), formula, outline.steps[0].name, Guards())
    for asks in conditions(outline):
        formula = formulas.parse(asks.text)
        if wanted(formula):
            guards = guards_of(asks.around)
            guards.asked |= {asks.absolute(name) for name in _seen_to(formula)}
            yield _at(outline, asks.path, formula, asks.at, guards)


def _seen_to(formula: Formula) -> set[str]:
    """Return the names that a condition asks for twice: ``rest > 0 and 100 / rest < 5``."""
    if not isinstance(formula.tree, ast.BoolOp):
        return set()
    parts = (formulas.names_of(part) for part in formula.tree.values)
    times = Counter(name for part in parts for name in set(part))
    return {name for name, count in times.items() if count > 1}


def _at(outline: Outline, path: Path, formula: Formula, at: str, guards: Guards) -> Calculated:
    def absolute(name: str) -> str:
        return name if paths.space_of(name) else paths.absolute(name, at=at)

    tests = (node.test for node in ast.walk(formula.tree) if isinstance(node, ast.IfExp))
    inside = {absolute(name) for test in tests for name in formulas.names_of(test)}
    return Calculated(
        path, formula,
        lambda name: guards.narrowed(absolute(name), range_of(outline, name, at)),
        lambda name: guards.narrowed(absolute(name), allowed(outline, name, at)),
        absolute, frozenset(guards.asked | inside), frozenset(guards.never_zero),
    )  # fmt: skip


@check("formula.by_zero")
def nothing_is_divided_by_nothing(outline: Outline) -> Iterator[Fault]:
    """No formula divides by what may be zero: its step could not be closed then."""
    for one in _calculated(outline, _divides):
        for part, sentence in _not_worked_out(one):
            words = {"name": formulas.written(one.formula, part), "most": LARGEST_EXPONENT}
            yield Fault(one.path, sentence % words)


def _divides(formula: Formula) -> bool:
    return "/" in formula.text or "**" in formula.text


def _not_worked_out(one: Calculated) -> Iterator[tuple[ast.expr, str]]:
    """Yield each part that keeps a formula from being worked out, and why."""
    for node in ast.walk(one.formula.tree):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div | ast.Pow):
            continue
        names = {one.absolute(name) for name in formulas.names_of(node)}
        if names & one.settled:
            continue
        if isinstance(node.op, ast.Div):
            may_be = _may_be_zero(interval(node.right, one.allowed))
            if may_be and not one.cannot_be_zero(node.right):
                yield node.right, _("%(name)s can be zero, and this is divided by it.")
            continue
        left, right = interval(node.left, one.range_of), interval(node.right, one.range_of)
        if right is not None:
            yield from _not_raised(node, left, right)


def _may_be_zero(found: Range | None) -> bool:
    return found is not None and found[0] <= 0 <= found[1]


def _not_raised(
    node: ast.BinOp, left: Range | None, right: Range
) -> Iterator[tuple[ast.expr, str]]:
    whole = right[0] == right[1] == right[0].to_integral_value()
    if right[0] < -LARGEST_EXPONENT or right[1] > LARGEST_EXPONENT:
        yield node.right, _("The exponent %(name)s can go beyond %(most)s.")
    elif right[0] <= 0 and _may_be_zero(left):
        yield node.left, _("%(name)s can be zero, and zero has no power of zero or less.")
    elif left is not None and left[0] < 0 and not whole:
        yield node.left, _("%(name)s can be below zero, and then only a whole power of it exists.")


@check("formula.impossible")
def formulas_can_be_worked_out(outline: Outline) -> Iterator[Fault]:
    """What a formula works out of numbers, inputs and parameters alone can be worked out."""
    fine: set[str] = set()
    for one in _calculated(outline, lambda formula: bool(_known_parts(formula))):
        if _divides(one.formula) and any(True for _found in _not_worked_out(one)):
            continue  # that is said there
        if one.formula.text not in fine and (why := _impossible(outline, one.formula)):
            yield Fault(one.path, why)
        else:
            fine.add(one.formula.text)


def _impossible(outline: Outline, formula: Formula) -> str:
    for text, named in _known_parts(formula):
        for end in ENDS if named else ENDS[:1]:
            try:
                outline.bounds.number_for_inputs(text, end)
            except FormulaError as error:
                return str(error)
    return ""


@lru_cache(maxsize=8192)
def _known_parts(formula: Formula) -> tuple[tuple[str, bool], ...]:
    """Return the largest parts that need no step and no result, and whether each has names."""
    parts = _known(formula.tree)
    return tuple((formulas.written(formula, one), bool(formulas.names_of(one))) for one in parts)


def _known(node: ast.expr) -> Iterator[ast.expr]:
    names = formulas.names_of(node)
    known = all(paths.space_of(name) in {"inputs", "parameters"} for name in names)
    if known and isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp) and formulas.is_number(node):
        yield node
        return
    for part in formulas.parts_of(node):
        yield from _known(part)


@check("bill.name")
def the_bill_names_what_an_order_has(outline: Outline) -> Iterator[Fault]:
    """A quantity of the bill uses inputs and parameters: it is asked for before the batch."""
    for path, written in outline.outside():
        if path[0] == "bill_of_materials":
            yield from _unknown(outline, path, written, inputs=True)


@check("input.name")
def an_input_is_drawn_by_what_there_is(outline: Outline) -> Iterator[Fault]:
    """What an input is likely to be uses parameters: there is nothing else before an order."""
    for path, written in outline.outside():
        if path[0] == "inputs":
            yield from _unknown(outline, path, written)


@check("test.name")
def tests_name_what_there_is(outline: Outline) -> Iterator[Fault]:
    """The limits of a test use inputs, parameters and whole names of steps."""
    for path, written in outline.outside():
        if path[0] == "tests":
            yield from _unknown(outline, path, written, inputs=True, steps=True)


def _unknown(
    outline: Outline, path: Path, written: Written, *, inputs: bool = False, steps: bool = False
) -> Iterator[Fault]:
    formula = formulas.parse(written.formula)
    known = {f"inputs.{given.name}" for given in outline.recipe.inputs if inputs}
    known |= {f"parameters.{parameter.key}" for parameter in outline.recipe.parameters}
    for name in dict.fromkeys((*formula.names, *(name for name, _key in formula.words))):
        meant = outline.by_name.get(paths.normal(name)) if steps else None
        here = (*path, *written.path)
        if name not in known and meant is None:
            yield Fault(here, _("There is no %(name)s.") % {"name": name})
        elif meant is not None and name in formula.names and meant.step.unit_of_value() is None:
            yield Fault(here, _("The step %(name)s gives no number.") % {"name": name})
