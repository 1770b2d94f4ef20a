"""The time that passes at least between two moments of a recipe, by its own durations. Pure.

It counts what the recipe says itself: a stage's duration and least lag, a step's own time, a
timer's least wait. What it does not say takes no time here, so a sum is never too long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from operator import add

from recipes import paths
from recipes.document import Operation, Stage
from recipes.order import Order
from recipes.outline import Outline, StepPlace
from recipes.step import StepBase

ZERO = timedelta()
COLLECTION = "collection"
EDGES = frozenset({"started_at", "ended_at"})


@dataclass(frozen=True)
class Inside:
    """The operations of one stage: their order, and what each takes."""

    order: Order
    weights: list[timedelta]
    _found: dict[int | None, list[timedelta]] = field(default_factory=dict)

    def ways(self, one: int | None) -> list[timedelta]:
        """Return the longest ways from the end of an operation, or from the stage's start."""
        if one not in self._found:
            self._found[one] = self.order.longest(self.weights, one)
        return self._found[one]


@dataclass(frozen=True)
class Elapsed:
    """Least times of one outline; ``case`` is ``low`` or ``expected``."""

    outline: Outline
    case: str = "low"
    _found: dict[int | None, list[timedelta]] = field(default_factory=dict)
    _insides: dict[int, Inside] = field(default_factory=dict)

    def until_stage(self, name: str, number: int) -> timedelta | None:
        """Return what passes from a moment to a stage's start, None when nothing can be said."""
        if name.partition(".")[0] == COLLECTION:
            return self._ways(None)[number] + self._lag(self.outline.recipe.stages[number])
        first, _dot, last = name.replace("/", ".").rpartition(".")
        begun = self.outline.stage_numbers.get(first if last in EDGES else name)
        if begun is not None:
            return self._between_stages(begun, number, whole=last == "started_at")
        step = self.outline.clock(name) or self.outline.by_name.get(paths.normal(name))
        stage = step.operation.stage if step else None
        if step is None or stage is None:
            return None
        rest = self._between_stages(stage.number, number, whole=False)
        return None if rest is None else rest + self._rest_of_stage(step, stage.number)

    def until_step(self, since: StepPlace, place: StepPlace) -> timedelta | None:
        """Return what passes from the end of one step until another is begun."""
        one, other = since.operation.stage, place.operation.stage
        if one is None or other is None:
            return self._same_operation(since, place)
        if one.number == other.number:
            return self._same_stage(since, place, one.number)
        rest = self._between_stages(one.number, other.number, whole=False)
        if rest is None:
            return None
        return rest + self._rest_of_stage(since, one.number) + self._head(place, other.number)

    def head(self, place: StepPlace) -> timedelta:
        """Return what passes from the start of a step's stage until it is begun."""
        stage = place.operation.stage
        return self._head(place, stage.number) if stage else ZERO

    def of_stage(self, number: int) -> timedelta:
        """Return what the steps of a stage take."""
        inside = self._inside(number)
        return max(map(add, inside.ways(None), inside.weights), default=ZERO)

    # --- stages -------------------------------------------------------------------------------

    @cached_property
    def _weights(self) -> list[timedelta]:
        return [self._weight(stage) for stage in self.outline.recipe.stages]

    def _weight(self, stage: Stage) -> timedelta:
        if stage.when is not None:
            return ZERO
        found: timedelta = getattr(stage.duration, self.case)
        return found + self._lag(stage)

    def _lag(self, stage: Stage) -> timedelta:
        return (stage.lag.min if stage.lag else None) or ZERO

    def _ways(self, one: int | None) -> list[timedelta]:
        if one not in self._found:
            self._found[one] = self.outline.stage_order.longest(self._weights, one)
        return self._found[one]

    def _between_stages(self, one: int, other: int, *, whole: bool) -> timedelta | None:
        """Return the time from the end of a stage (its start when ``whole``) to another's start."""
        if not self.outline.stage_order.is_before(one, other):
            return None
        own: timedelta = getattr(self.outline.recipe.stages[one].duration, self.case)
        lag = self._lag(self.outline.recipe.stages[other])
        return self._ways(one)[other] + lag + (own if whole else ZERO)

    # --- inside a stage -----------------------------------------------------------------------

    def _inside(self, number: int) -> Inside:
        if number not in self._insides:
            operations = self.outline.recipe.stages[number].operations
            weights = [self._operation(operation) for operation in operations]
            self._insides[number] = Inside(self.outline.operation_order(number), weights)
        return self._insides[number]

    def _same_operation(self, since: StepPlace, place: StepPlace) -> timedelta | None:
        if since.operation.path != place.operation.path or since.number >= place.number:
            return None
        steps = place.operation.operation.steps
        first, last = int(since.path[-1]), int(place.path[-1])
        return sum((self._step(step) for step in steps[first + 1 : last]), ZERO)

    def _same_stage(self, since: StepPlace, place: StepPlace, number: int) -> timedelta | None:
        one, other = int(since.operation.path[-1]), int(place.operation.path[-1])
        if one == other:
            return self._same_operation(since, place)
        inside = self._inside(number)
        if not inside.order.is_before(one, other):
            return None
        return self._tail(since) + inside.ways(one)[other] + self._lead(place)

    def _rest_of_stage(self, since: StepPlace, number: int) -> timedelta:
        inside, one = self._inside(number), int(since.operation.path[-1])
        behind = (
            way + weight
            for other, (way, weight) in enumerate(
                zip(inside.ways(one), inside.weights, strict=True)
            )
            if inside.order.is_before(one, other)
        )
        return self._tail(since) + max(behind, default=ZERO)

    def _head(self, place: StepPlace, number: int) -> timedelta:
        return self._inside(number).ways(None)[int(place.operation.path[-1])] + self._lead(place)

    def _tail(self, since: StepPlace) -> timedelta:
        steps = since.operation.operation.steps[int(since.path[-1]) + 1 :]
        return sum((self._step(step) for step in steps), ZERO)

    def _lead(self, place: StepPlace) -> timedelta:
        steps = place.operation.operation.steps[: int(place.path[-1])]
        return sum((self._step(step) for step in steps), ZERO)

    def _operation(self, operation: Operation) -> timedelta:
        if operation.when is not None:
            return ZERO
        return sum((self._step(step) for step in operation.steps), ZERO)

    def _step(self, step: StepBase) -> timedelta:
        """Return what a step takes; one that may be skipped takes nothing."""
        if step.condition is not None:
            return ZERO
        own: timedelta = getattr(step.takes, self.case) if step.takes else ZERO
        return own + least_wait(step)


def least_wait(step: StepBase) -> timedelta:
    """Return what a timer that runs from the step before waits for at least.

    One that runs from another step may be over when it is reached, and a parameter is the site's.
    """
    alone = step.kind == "timer" and getattr(step, "from_", None) is None
    least = getattr(step, "min", None) if alone else None
    return least if isinstance(least, timedelta) else ZERO
