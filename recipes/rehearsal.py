"""The rehearsal of a recipe: many simulated patients through its document, by chance alone.

A pure calculation: no database, no clock, nobody else in the plant. Values are drawn as the
recipe says (``likely``, ``chance``), judged by the rules that judge real ones, and times are
drawn between a stage's shortest and longest. A stage begins at the first moment that its lag and
the least times of its limits allow, as planning books it. The way goes as ``recipes.flow`` says:
branches, loops, parallel work, contingencies. A recipe that the compiler accepts comes to its end
here without an error. What it does not know is waiting for rooms, units and people.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from mes.lib.refusals import Refusal
from recipes import flow, formulas, kinds, paths
from recipes.document import Placed, Recipe, Stage
from recipes.flow import Answer, Onward, Question, Spot, Standing
from recipes.judging import Facts, Judged, ValueImplausible, Values
from recipes.laboratory import Laboratory
from recipes.likely import draw_duration, rounded
from recipes.parts import Durations, TimeLimit
from recipes.rehearsed import Life, Rehearsed, Spread, summary
from recipes.step import StepBase

__all__ = ["Life", "Rehearsed", "Spread", "rehearse"]

COLLECTED = datetime(2027, 1, 4, 12, tzinfo=UTC)
# QA's word at a gate, when it is asked for.
APPROVAL = timedelta(hours=4)
# The least time that a step takes, however short its stage was drawn.
LEAST = timedelta(seconds=30)
WAITING = frozenset({"timer", "gate"})
# So many steps are gone through within the time that a worker holds a message.
MOST_STEPS_IN_ALL = 400_000


def most_patients(recipe: Recipe) -> int:
    """Return how many patients a rehearsal by a worker has at most: a long recipe has fewer."""
    return max(10, min(10_000, MOST_STEPS_IN_ALL // recipe.length))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a step waits for and whom it keeps busy: the same for every patient."""

    tests: frozenset[str]
    approval: bool
    people: int
    first: bool

    @classmethod
    def of(cls, placed: Placed) -> _Asked:
        """Return what is asked of a step where it stands."""
        step = placed.step
        named = {use.name for use in step.uses()} if step.kind == "gate" else set()
        staff = placed.operation.staff or placed.stage.staff
        return cls(
            tests=_read(step) | named,
            approval=bool(getattr(step, "approval", False)),
            people=sum(one.count for one in staff),
            first=step is placed.operation.steps[0],
        )


def _read(step: StepBase) -> frozenset[str]:
    """Return the tests whose results the formulas of a step read."""
    names = (name for one in step.written() for name in formulas.parse(one.formula).names)
    keys = (name.partition(".")[2] for name in names if paths.space_of(name) == "results")
    return frozenset(paths.normal(key) for key in keys)


@dataclass
class _Doing:
    """A step that somebody is at: since when it is due, and when hands are off it."""

    spot: Spot
    placed: Placed
    due: datetime
    busy: timedelta
    asked: bool = False


@dataclass
class _Held:
    """A step that waits for a contingency, and what else was called at it."""

    spot: Spot
    calls: list[str] = field(default_factory=list)


class _Way:
    """A patient's way through the document; ``at`` is its own clock, from event to event."""

    def __init__(self, recipe: Recipe, luck: Random, asked: Mapping[str, _Asked]) -> None:
        self.recipe, self.luck, self.asked, self.at = recipe, luck, asked, COLLECTED
        self.life, self.standing = Life(), Standing()
        self.values: dict[str, Values] = {}
        self.rounds: dict[str, Values] = {}
        self.closed: dict[str, datetime] = {}
        self.began: dict[str, datetime] = {}
        self.stages: dict[str, tuple[datetime, datetime]] = {}
        self.laboratory = Laboratory(recipe, luck, self.life)
        self.pace: dict[str, timedelta] = {}
        self.clocks: dict[str, datetime] = {}
        self.held: dict[str, _Held] = {}
        self.queue: list[tuple[datetime, int, _Doing]] = []
        self.count = 0
        self.loops = any(one.repeat for stage in recipe.stages for one in stage.operations)
        self.inputs = dict(self._inputs())

    def _inputs(self) -> Iterator[tuple[str, str]]:
        facts = Facts(at=self.at, parameters=self.recipe.parameter_values)
        for one in self.recipe.inputs:
            low, high = float(one.low), float(one.high)
            drawn = (
                one.likely.draw(facts, self.luck) if one.likely else self.luck.uniform(low, high)
            )
            yield one.name, rounded(min(max(drawn, low), high), 2)

    def facts(self, path: str = "", *, iteration: int = 1, approved: bool = False,
              since: datetime | None = None) -> Facts:  # fmt: skip
        """Return what a judgement may know now, at one time of a step."""
        values, closed = self.values, self.closed
        if self.loops:
            values = flow.visible(self.recipe, self.rounds, path=path, iteration=iteration)
            closed = flow.visible(self.recipe, self.closed, path=path, iteration=iteration)
        return Facts(
            at=self.at,
            path=path,
            started_at=since or self.at,
            values=values,
            closed=closed,
            results=self.laboratory.results(self.at),
            inputs=self.inputs,
            parameters=self.recipe.parameter_values,
            approved=approved,
            iteration=iteration,
            rounds=self.rounds,
        )

    def run(self) -> Life:
        """Go the whole way, and to the last result that the release waits for."""
        self._take(flow.begin(self.recipe, self._judge_condition, self.standing))
        while self.queue:
            self.at, _number, doing = heapq.heappop(self.queue)
            self._done(doing)
        self.life.made = self.at - COLLECTED
        last = self.laboratory.last_result() or self.at
        self.life.released = max(self.life.made, last - COLLECTED)
        self._hold_rooms()
        return self.life

    # --- the flow -----------------------------------------------------------------------------

    def _judge_condition(self, question: Question) -> Answer:
        facts = self.facts(question.path, iteration=question.iteration)
        try:
            return Answer(facts.holds(question.condition), {})
        except Refusal:
            return Answer(holds=False, values={}, known=False)

    def _take(self, onward: Onward) -> None:
        """Let what comes come: end stages, note loops without end, go to the steps that are due."""
        for one in onward.unfinished:
            self.life.exceptions.add((one.spot.path, "loop.unfinished"))
        for key in onward.ended_stages:
            if key in self.began:
                self.stages[key] = (self.began[key], self.at)
        for spot in onward.due:
            self._arrive(spot)
        if onward.returns in self.held:
            held = self.held.pop(onward.returns)
            self._call(held.spot, held.calls)

    def _arrive(self, spot: Spot) -> None:
        """Come to a step: its stage may begin with it, and something may happen at it."""
        placed = self.recipe.by_path[spot.path]
        if placed.stage.key not in self.began:
            self._begin(placed.stage)
        first = self.asked[spot.path].first
        self._call(spot, list(self._happens(placed)) if first else [])

    def _begin(self, stage: Stage) -> None:
        facts = self.facts()
        sinces = ((self._moment(one.from_, stage.key), one) for one in stage.within)
        limits = [(since, one) for since, one in sinces if since is not None]
        lag = (stage.lag.min if stage.lag else None) or timedelta()
        mins = [since + facts.span(one.min) for since, one in limits if one.min is not None]
        most = [since + facts.span(one.max) for since, one in limits]
        self.began[stage.key] = began = max([self.at + lag, *mins])
        self.pace[stage.key] = self._pace(stage)
        if any(began > end for end in most):
            self.life.exceptions.add((stage.key, "within.missed"))

    def _happens(self, placed: Placed) -> Iterator[str]:
        for one in self.recipe.contingencies:
            offered = one.key in placed.operation.contingencies and one.chance is not None
            if offered and self.luck.random() < float(one.chance or 0):
                yield one.key

    def _call(self, spot: Spot, calls: list[str]) -> None:
        """Do what was called first, one after the other, then the step."""
        while calls:
            called = calls.pop(0)
            self.life.exceptions.add((called, "contingency.called"))
            onward = flow.call(
                self.recipe, self.standing, contingency=called, caller=spot.operation,
                judge=self._judge_condition,
            )  # fmt: skip
            if onward.due:
                self.held[list(self.standing.called)[-1]] = _Held(spot, calls)
                self._take(onward)
                return
        self._begin_step(spot)

    def _begin_step(self, spot: Spot) -> None:
        placed = self.recipe.by_path[spot.path]
        due = max(self.at, self.began[placed.stage.key])
        busy = self._busy(placed)
        self._push(due + busy, _Doing(spot, placed, due, busy))

    def _push(self, at: datetime, doing: _Doing) -> None:
        self.count += 1
        heapq.heappush(self.queue, (at, self.count, doing))

    # --- times --------------------------------------------------------------------------------

    def _pace(self, stage: Stage) -> timedelta:
        """Return how long each step of a stage takes that says nothing of its own time."""
        steps = [step for operation in stage.operations for step in operation.steps]
        waits = (getattr(step, "min", None) for step in steps if step.kind == "timer")
        facts = self.facts()
        known = sum((facts.span(one) for one in waits if one is not None), timedelta())
        known += sum((step.takes.expected for step in steps if step.takes), timedelta())
        busy = sum(step.kind not in WAITING and step.takes is None for step in steps)
        return max((self._drawn(stage.duration) - known) / max(busy, 1), LEAST)

    def _drawn(self, given: Durations) -> timedelta:
        return draw_duration(given.low, given.expected, given.high, self.luck)

    def _busy(self, placed: Placed) -> timedelta:
        step, operation = placed.step, placed.operation
        if step.kind in WAITING:
            return timedelta()
        if step.takes:
            return self._drawn(step.takes)
        if operation.takes:
            return self._drawn(operation.takes) / len(operation.steps)
        return self.pace[placed.stage.key]

    def _moment(self, name: str, path: str, iteration: int = 1) -> datetime | None:
        first, _dot, last = name.replace("/", ".").rpartition(".")
        if first == "collection":
            return COLLECTED
        if first == "clock":
            return self.clocks.get(last)
        key = first if last in {"started_at", "ended_at"} else name
        if last == "started_at" and key in self.began:
            return self.began[key]
        if key in self.stages:
            return self.stages[key][1]
        return self.facts(path, iteration=iteration).closed_at(name)

    def _hold_rooms(self) -> None:
        for need in self.recipe.needs:
            held = [one.key for one in self.recipe.held(need.first, need.last)]
            spans = [self.stages[key] for key in held if key in self.stages]
            if need.resource == "place" and spans:
                cleaning = self.recipe.stage_by_key[need.last].cleaning or timedelta()
                time = max(end for _, end in spans) - min(began for began, _ in spans) + cleaning
                self.life.rooms[need.class_] += int(time.total_seconds())

    # --- a step -------------------------------------------------------------------------------

    def _done(self, doing: _Doing) -> None:
        """Close a step, or come back when what it waits for is there."""
        later = self._waits(doing)
        if later > self.at:
            self._push(later, doing)
            return
        spot, placed = doing.spot, doing.placed
        facts = self.facts(spot.path, iteration=spot.iteration, approved=True, since=doing.due)
        self._check_time(placed.step.within, spot)
        self._perform(spot, placed, facts)
        self.closed[spot.ref] = self.at
        if placed.step.starts:
            self.clocks[placed.step.starts] = self.at
        if placed.step.kind == "sample":
            self.laboratory.send(placed.step, self.facts(placed.path))
        self._count_time(doing)
        self._take(flow.onward(self.recipe, self.standing, spot, self._judge_condition))

    def _count_time(self, doing: _Doing) -> None:
        path, life = doing.spot.path, self.life
        time, known = self.at - doing.due, life.waited.get(path)
        life.waited[path] = time if known is None else known + time
        life.people += doing.busy * self.asked[path].people

    def _waits(self, doing: _Doing) -> datetime:
        """Return until when a timer runs, results are awaited, or it is too early."""
        spot, step, until = doing.spot, doing.placed.step, self.at
        asked = self.asked[spot.path]
        if asked.tests:
            until = max(until, self.laboratory.known_at(asked.tests) or until)
        if asked.approval and not doing.asked:
            doing.asked, until = True, until + APPROVAL
        if step.kind == "timer":
            until = max(until, self._timer(doing))
        for limit in step.within:
            since = self._moment(limit.from_, spot.path, spot.iteration)
            if limit.min is not None and since is not None:
                until = max(until, since + self.facts().span(limit.min))
        return until

    def _timer(self, doing: _Doing) -> datetime:
        step, spot = doing.placed.step, doing.spot
        facts = self.facts(spot.path, iteration=spot.iteration, since=doing.due)
        least, begin = getattr(step, "min", None), getattr(step, "from_", None)
        since = (facts.closed_at(begin) if begin else facts.started_at) or self.at
        return since + facts.span(least) if least is not None else self.at

    def _check_time(self, limits: tuple[TimeLimit, ...], spot: Spot) -> None:
        for limit in limits:
            since = self._moment(limit.from_, spot.path, spot.iteration)
            most = limit.max
            if most is not None and since and self.at - since > self.facts().span(most):
                self.life.exceptions.add((spot.path, "within.missed"))

    def _perform(self, spot: Spot, placed: Placed, facts: Facts) -> None:
        """Draw and judge values. A recipe that asks for what cannot be done is told so."""
        try:
            judged = self._judge(placed, kinds.draw(placed.step, facts, self.luck), facts)
        except Refusal as refusal:
            self.life.exceptions.add((placed.path, refusal.code))
            return
        self.life.exceptions |= {(placed.path, one.code) for one in judged.findings}
        self.values[spot.path] = self.rounds[spot.ref] = judged.values

    def _judge(self, placed: Placed, drawn: dict[str, str], facts: Facts) -> Judged:
        try:
            return kinds.judge(placed.step, drawn, facts)
        except ValueImplausible as refusal:
            return self._read_again(placed, drawn, facts, str(refusal.field))

    @staticmethod
    def _read_again(placed: Placed, drawn: dict[str, str], facts: Facts, field: str) -> Judged:
        """Judge a value that was rounded just past an edge: as the next one inside of it."""
        number = Decimal(drawn[field])
        last = Decimal(1).scaleb(int(number.as_tuple().exponent))
        try:
            return kinds.judge(placed.step, {**drawn, field: format(number - last, "f")}, facts)
        except ValueImplausible:
            return kinds.judge(placed.step, {**drawn, field: format(number + last, "f")}, facts)


def rehearse(
    recipe: Recipe,
    *,
    patients: int = 1000,
    seed: int = 1,
    done: Callable[[int], None] = lambda _count: None,
) -> Rehearsed:
    """Send patients through a document; the same seed gives the same figures.

    The recipe is one that the compiler accepts. ``done`` hears how many have come through.
    Raises ValueError for no patient at all.
    """
    if patients < 1:
        raise ValueError("A rehearsal has at least one patient.")
    asked = {placed.path: _Asked.of(placed) for placed in recipe.by_path.values()}
    lives = []
    for number in range(patients):
        luck = Random(f"{seed}:{number}")  # noqa: S311 - chance, no secret
        lives.append(_Way(recipe, luck, asked).run())
        done(number + 1)
    return summary(recipe, lives, seed)
