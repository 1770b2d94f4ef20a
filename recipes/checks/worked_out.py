"""What is worked out: by names that are there, and never divided by nothing."""

import ast
from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.conditions import over, range_of
from recipes.formulas import Formula
from recipes.nodes import Path
from recipes.outline import Fault, Outline, StepPlace, check
from recipes.settled import interval
from recipes.step import limits_written


@check("formula.by_zero")
def nothing_is_divided_by_nothing(outline: Outline) -> Iterator[Fault]:
    """No formula divides by what may be zero: its step could not be closed then."""
    for place, several in outline.formulas:
        for written in several:
            if "/" not in written.formula:
                continue
            formula = formulas.parse(written.formula)
            for node in ast.walk(formula.tree):
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                    yield from _divided(outline, place, written.field, formula, node.right)


def _divided(
    outline: Outline, place: StepPlace, field: str, formula: Formula, by: ast.expr
) -> Iterator[Fault]:
    found = interval(by, lambda name: range_of(outline, name, place.name))
    if found is None or not found[0] <= 0 <= found[1]:
        return
    asked = {one.absolute(name) for one in over(outline, place) for name in one.names}
    named = {paths.absolute(name, at=place.name) for name in formulas.names_of(by)}
    if not named & asked:  # a condition may have seen to it
        sentence = _("%(name)s can be zero, and this is divided by it.")
        yield Fault(
            (*place.path, *field.split(".")), sentence % {"name": formulas.written(formula, by)}
        )


@check("bill.name")
def the_bill_names_what_an_order_has(outline: Outline) -> Iterator[Fault]:
    """A quantity of the bill uses inputs and parameters: it is asked for before the batch."""
    for number, line in enumerate(outline.recipe.bill_of_materials):
        path = ("bill_of_materials", number, "quantity")
        yield from _unknown(outline, path, line.quantity, steps=False)


@check("test.name")
def tests_name_what_there_is(outline: Outline) -> Iterator[Fault]:
    """The limits of a test use inputs, parameters and whole names of steps."""
    for number, test in enumerate(outline.recipe.tests):
        for written in limits_written(test.limits, unit=test.unit):
            path: Path = ("tests", number, *written.field.split("."))
            yield from _unknown(outline, path, written.formula, steps=True)


def _unknown(outline: Outline, path: Path, formula: str | None, *, steps: bool) -> Iterator[Fault]:
    known = {f"inputs.{given.name}" for given in outline.recipe.inputs}
    known |= {f"parameters.{parameter.key}" for parameter in outline.recipe.parameters}
    for name in formulas.parse(formula).names if formula is not None else ():
        if name not in known and not (steps and paths.normal(name) in outline.by_name):
            yield Fault(path, _("There is no %(name)s.") % {"name": name})
