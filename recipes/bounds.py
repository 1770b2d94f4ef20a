"""Bounds of a recipe worked out before any batch: with defaults, and at the inputs' ends. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from recipes import arithmetic, formulas, paths
from recipes.document import Recipe
from recipes.formulas import FormulaError


class Bounds:
    """What the bounds of a recipe come to; each formula is worked out once for all that ask."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    @cached_property
    def _defaults(self) -> dict[str, Decimal]:
        return {f"parameters.{p.key}": p.default for p in self._recipe.parameters}

    def default(self, formula: str | None) -> Decimal | None:
        """Work a bound out with the parameters' defaults; None when it needs more than those."""
        if formula is None:
            return None
        try:
            return self._number(formula, "")
        except FormulaError:
            return None

    def for_inputs(self, formula: str, end: str) -> Decimal | None:
        """Work a bound out with every input at its ``low`` or ``high`` bound; None if it cannot."""
        try:
            return self.number_for_inputs(formula, end)
        except FormulaError:
            return None

    def number_for_inputs(self, formula: str, end: str) -> Decimal | None:
        """Work a bound out as ``for_inputs``; raises FormulaError when that gives no number."""
        names = formulas.parse(formula).names
        asks = any(paths.space_of(name) == "inputs" for name in names)
        return self._number(formula, end if asks else "")

    def _number(self, formula: str, end: str) -> Decimal | None:
        """Work a formula out once for all that ask; ``end`` is that of the inputs, if any."""
        if (formula, end) not in self._worked_out:
            try:
                self._worked_out[formula, end] = _number(formula, self._given[end])
            except FormulaError as error:
                self._worked_out[formula, end] = error
        found = self._worked_out[formula, end]
        if isinstance(found, FormulaError):
            raise found
        return found

    @cached_property
    def _worked_out(self) -> dict[tuple[str, str], Decimal | FormulaError | None]:
        return {}

    @cached_property
    def _given(self) -> dict[str, dict[str, Decimal]]:
        """The parameters' defaults: alone, and with the inputs at either of their bounds."""
        ends = {
            end: {f"inputs.{given.name}": getattr(given, end) for given in self._recipe.inputs}
            for end in ("low", "high")
        }
        return {"": self._defaults} | {end: self._defaults | own for end, own in ends.items()}


def _number(formula: str, known: Mapping[str, Decimal]) -> Decimal | None:
    found = formulas.parse(formula)
    if found.words or any(name not in known for name in found.names):
        return None
    return arithmetic.evaluate(formula, known.__getitem__)
