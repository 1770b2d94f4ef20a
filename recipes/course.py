"""The course of one batch in one case: when each step is closed and each stage over. Pure.

Steps without a time of their own share what is left of their stage's, as in the rehearsal. A step
that waits (for a result, a timer, a least time) is closed when that has come, and what is behind
it comes later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import cached_property

from recipes.moments import COLLECTION, Asked, Moment, StageMoment, asked
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import OperationPlace, StagePlace, StepPlace, field_of
from recipes.spans import Case, span_of

ZERO = timedelta()
WAITING = frozenset({"timer", "gate"})


class Pace(Enum):
    """How a batch goes.

    ``SHORTEST``: all at its shortest, and nothing that may be skipped is done. ``EXPECTED``: as a
    rule, every branch and every loop once. ``LONGEST``: all at its longest, every branch, every
    loop as often as it may be.
    """

    SHORTEST = "low"
    EXPECTED = "expected"
    LONGEST = "high"


@dataclass
class Course:
    """When what happens, counted from the end of the collection."""

    outline: Outline
    pace: Pace
    closed: dict[int, timedelta] = field(default_factory=dict)
    started: dict[int, timedelta] = field(default_factory=dict)
    ended: dict[int, timedelta] = field(default_factory=dict)
    came_from: dict[int, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        order = self.outline.stage_order
        for number in range(order.count) if order.stuck else order.walked:
            waits = order.waits_for(number)
            last = max(waits, key=self.ended.__getitem__, default=None)
            self.came_from[number] = last
            ready = ZERO if last is None else self.ended[last]
            self._stage(self.outline.stages[number], ready)

    def results(self) -> dict[str, timedelta]:
        """Return when the result of each test is there, by its key."""
        known = self.outline.recipe.test_by_key
        return {
            key: self.closed[place.number] + known[key].turn_round
            for key, place in self.outline.sampled.items()
            if key in known and place.number in self.closed
        }

    # --- stages -------------------------------------------------------------------------------

    def _stage(self, place: StagePlace, ready: timedelta) -> None:
        stage = place.stage
        if stage.when is not None and self.pace == Pace.SHORTEST:
            self.ended[place.number] = ready
            return
        least = (stage.lag.min if stage.lag else None) or ZERO
        most = (stage.lag.max if stage.lag else None) or least
        lag = most if self.pace == Pace.LONGEST else least
        start = max([ready + lag, *(time for _one, time in self._awaited(place.path))])
        self.started[place.number] = start
        lasts: timedelta = getattr(stage.duration, self.pace.value)
        ends = [start + max(lasts - self._left_out(place), ZERO), *self._operations(place, start)]
        self.ended[place.number] = max(ends)

    def _operations(self, place: StagePlace, start: timedelta) -> Iterator[timedelta]:
        order, operations = (
            self.outline.operation_order(place.number),
            self.outline.operations_of(place),
        )
        over: dict[int, timedelta] = {}
        for number in range(order.count) if order.stuck else order.walked:
            begun = max((over[one] for one in order.waits_for(number)), default=start)
            over[number] = self._operation(operations[number], begun)
            yield over[number]

    def _left_out(self, place: StagePlace) -> timedelta:
        """Return what a stage is shorter by, because of what is not done in it."""
        steps = self.outline.all_steps_of(place)
        return sum((self.takes(one) for one in steps if not self._does(one)), ZERO)

    # --- steps --------------------------------------------------------------------------------

    def _operation(self, place: OperationPlace, at: timedelta) -> timedelta:
        repeat, looped = place.operation.repeat, place.operation.looped
        rounds = repeat.max if repeat and self.pace == Pace.LONGEST else 1
        inside = {one.number for one in self.outline.steps_of(place) if int(one.path[-1]) in looped}
        for step in self.outline.steps_of(place):
            if not self._does(step):
                continue
            again = rounds if step.number in inside else 1
            at += self.takes(step) * again
            for one, time in self._awaited(step.path):
                own = isinstance(one.since, StepPlace) and one.since.number in inside
                at = max(at, time) + (one.least * (again - 1) if own else ZERO)
            self.closed[step.number] = at
        return at

    def _does(self, place: StepPlace) -> bool:
        skipped = place.step.condition is not None or place.operation.operation.when is not None
        return not (skipped and self.pace == Pace.SHORTEST)

    def takes(self, place: StepPlace) -> timedelta:
        """Return how long a step takes, what it waits for besides not included."""
        own: timedelta | None = getattr(place.step.takes, self.pace.value, None)
        wait = self._wait(place)
        if own is not None:
            return own + wait
        if place.step.kind in WAITING or place.operation.stage is None:
            return wait
        return self.shares[place.operation.stage.number]

    def _wait(self, place: StepPlace) -> timedelta:
        """Return what a timer that runs from the step before waits for."""
        if place.step.kind != "timer" or field_of(place.step, "from_") is not None:
            return ZERO
        return span_of(self.outline, field_of(place.step, "min")) or ZERO

    @cached_property
    def shares(self) -> tuple[timedelta, ...]:
        """How long a step of each stage takes that says nothing of its own time."""
        return tuple(self._share(place) for place in self.outline.stages)

    def _share(self, place: StagePlace) -> timedelta:
        left: timedelta = getattr(place.stage.duration, self.pace.value)
        left, busy = left - self._waits_in(place), 0
        for one in self.outline.all_steps_of(place):
            named = one.step.takes is not None or one.step.kind in WAITING
            left -= self.takes(one) if named else ZERO
            busy += not named
        return max(left, ZERO) / max(busy, 1)

    def _waits_in(self, place: StagePlace) -> timedelta:
        """Return how long a stage waits in it for timers, and for the last of its own results."""
        timers = results = ZERO
        for step in self.outline.all_steps_of(place):
            for one in self._asked.get(step.path, ()):
                since = one.since.operation.stage if isinstance(one.since, StepPlace) else None
                if since is place and step.step.kind == "timer":
                    timers += one.least
                elif since is place and step.step.kind == "gate":
                    results = max(results, one.least)
        return timers + results

    # --- what is waited for -------------------------------------------------------------------

    @cached_property
    def _asked(self) -> dict[Path, list[Asked]]:
        found: dict[Path, list[Asked]] = defaultdict(list)
        for one in asked(self.outline, Case.RULE):
            found[one.place.path].append(one)
        return found

    def _awaited(self, path: Path) -> Iterator[tuple[Asked, timedelta]]:
        """Yield until when something waits, of all whose moment has been."""
        for one in self._asked.get(path, ()):
            since = self._when(one.since)
            if since is not None:
                yield one, since + one.least

    def _when(self, moment: Moment) -> timedelta | None:
        if moment == COLLECTION:
            return ZERO
        if isinstance(moment, StageMoment):
            return (self.ended if moment.ended else self.started).get(moment.number)
        return self.closed.get(moment.number)
