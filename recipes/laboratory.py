"""The laboratory of a rehearsal: what a simulated patient's samples give, and when. Pure."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from random import Random

from mes.lib.refusals import Refusal
from recipes import paths
from recipes.criteria import items_of, meets
from recipes.document import Recipe, Test
from recipes.enums import Outcome, ReleaseStage, ValueType
from recipes.judging import Facts, Result
from recipes.likely import draw_choice, draw_number, rounded
from recipes.rehearsed import Life
from recipes.step import StepBase, against


class Laboratory:
    """Draws a result for each sample, and notes in ``life`` what it flags or fails."""

    def __init__(self, recipe: Recipe, luck: Random, life: Life) -> None:
        self._recipe, self._luck, self._life = recipe, luck, life
        self._found: dict[str, tuple[datetime, Result]] = {}

    def send(self, step: StepBase, facts: Facts) -> None:
        """Take what a step samples now; each result comes after the time of its test."""
        for use in step.uses():
            test = self._recipe.test_by_key[use.name]
            value, flagged = self._tested(test, facts)
            outcome = Outcome.FLAGGED if flagged else Outcome.CLEARED
            self._found[test.key] = (facts.at + test.turn_round, Result(value, outcome))
            if flagged:
                self._life.exceptions.add((test.key, "result.outside"))

    def results(self, at: datetime) -> dict[str, Result]:
        """Return the results that are known at a time, by the tests' keys."""
        return {test: result for test, (when, result) in self._found.items() if when <= at}

    def known_at(self, tests: AbstractSet[str]) -> datetime | None:
        """Return when the last of these tests is known, of those that were sampled."""
        asked = (t for t in self._found if t in tests or paths.normal(t) in tests)
        return max((self._found[test][0] for test in asked), default=None)

    def last_result(self) -> datetime | None:
        """Return when the last result is known that the release waits for."""
        asked = {i.test for i in self._recipe.specification if i.needed == ReleaseStage.RELEASE}
        return max((self._found[test][0] for test in asked if test in self._found), default=None)

    def _tested(self, test: Test, facts: Facts) -> tuple[str, bool]:
        """Return a result, and whether it is flagged. Fails closed, as the laboratory does."""
        try:
            value = self._result(test, facts)
            return value, not self._in_order(test, value, facts)
        except Refusal as refusal:
            self._life.exceptions.add((test.key, refusal.code))
            self._life.failed |= {item.key for item in items_of(self._recipe, test.key)}
            return "", True

    def _result(self, test: Test, facts: Facts) -> str:
        if test.options:
            return draw_choice(test.options, self._luck)
        if test.value != ValueType.DECIMAL:
            return "as seen"
        return rounded(draw_number(test.likely, facts, self._luck, target=self._target(test, facts),
                                   limits=test.limits), 3)  # fmt: skip

    def _target(self, test: Test, facts: Facts) -> Decimal | None:
        """Return what a test's criterion lets expect: well inside it."""
        if test.limits is not None:
            return None
        for item in items_of(self._recipe, test.key):
            band = item.limits
            low = item.above or (band.low if band else None)
            high = item.below or (band.high if band else None)
            ends = [facts.evaluate(bound) for bound in (low, high) if bound is not None]
            if len(ends) == 2:
                return sum(ends, Decimal()) / 2
            if ends:
                return ends[0] * (Decimal("1.15") if low is not None else Decimal("0.5"))
        return None

    def _in_order(self, test: Test, value: str, facts: Facts) -> bool:
        failed = [i.key for i in items_of(self._recipe, test.key) if not meets(i, value, facts)]
        self._life.failed |= set(failed)
        flagged = any(option.flag for option in test.options if option.key == value)
        outside = test.limits and against(Decimal(value), test.limits, facts, field="value")
        return not (failed or flagged or outside)
