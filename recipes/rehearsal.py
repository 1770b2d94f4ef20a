"""The rehearsal of a recipe: many simulated patients through its document, by chance alone.

A pure calculation: no database, no clock, nobody else in the plant. Values are drawn as the
recipe says (``likely``, ``chance``), judged by the rules that judge real ones, and times are
drawn between a stage's shortest and longest. A recipe that the compiler accepts comes to its
end here without an error. What it does not know is waiting for rooms, units and people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from mes.lib.refusals import Refusal
from recipes import formulas, kinds, paths
from recipes.criteria import items_of, meets
from recipes.document import Placed, Recipe, Stage, Test, Within
from recipes.enums import Outcome, ReleaseStage, ValueType
from recipes.judging import Facts, Judged, Result, ValueImplausible, Values
from recipes.likely import draw_choice, draw_duration, draw_number, rounded
from recipes.parts import Durations
from recipes.step import StepBase, against

COLLECTED = datetime(2027, 1, 4, 12, tzinfo=UTC)
# QA's word at a gate, when it is asked for.
APPROVAL = timedelta(hours=4)
# The least time that a step takes, however short its stage was drawn.
LEAST = timedelta(seconds=30)
WAITING = frozenset({"timer", "gate"})
Exceptional = tuple[str, str]


@dataclass
class Life:
    """One simulated patient. Times count from the end of the collection."""

    made: timedelta = timedelta()
    released: timedelta = timedelta()
    exceptions: set[Exceptional] = field(default_factory=set)
    waited: dict[str, timedelta] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    people: timedelta = timedelta()
    rooms: Counter[str] = field(default_factory=Counter)


def _read(step: StepBase) -> frozenset[str]:
    """Return the tests whose results the formulas of a step read."""
    names = (name for one in step.written() for name in formulas.parse(one.formula).names)
    keys = (name.partition(".")[2] for name in names if paths.space_of(name) == "results")
    return frozenset(paths.normal(key) for key in keys)


class _Way:
    """A patient's way through the document; ``at`` is its own clock."""

    def __init__(self, recipe: Recipe, luck: Random, reads: Mapping[str, frozenset[str]]) -> None:
        self.recipe, self.luck, self.reads, self.at = recipe, luck, reads, COLLECTED
        self.life = Life()
        self.values: dict[str, Values] = {}
        self.closed: dict[str, datetime] = {}
        self.stages: dict[str, tuple[datetime, datetime]] = {}
        self.found: dict[str, tuple[datetime, Result]] = {}
        self.inputs = dict(self._inputs())

    def _inputs(self) -> Iterator[tuple[str, str]]:
        facts = Facts(at=self.at, parameters=self.recipe.parameter_values)
        for one in self.recipe.inputs:
            low, high = float(one.low), float(one.high)
            drawn = (
                one.likely.draw(facts, self.luck) if one.likely else self.luck.uniform(low, high)
            )
            yield one.name, rounded(min(max(drawn, low), high), 2)

    def facts(self, path: str = "", *, approved: bool = False) -> Facts:
        """Return what a judgement may know now."""
        return Facts(
            at=self.at,
            path=path,
            started_at=max(self.closed.values(), default=COLLECTED),
            values=self.values,
            closed=self.closed,
            results={test: r for test, (when, r) in self.found.items() if when <= self.at},
            inputs=self.inputs,
            parameters=self.recipe.parameter_values,
            approved=approved,
        )

    def run(self) -> Life:
        """Go the whole way, and to the last result that the release waits for."""
        for stage in self.recipe.stages:
            self._stage(stage)
        self.life.made = self.at - COLLECTED
        self.life.released = max(self.life.made, self._last_result() - COLLECTED)
        self._hold_rooms()
        return self.life

    # --- a stage ------------------------------------------------------------------------------

    def _stage(self, stage: Stage) -> None:
        if stage.lag and stage.lag.min:
            self.at += stage.lag.min
        began = self.at
        for within in stage.within:
            self._check_within(stage, within)
        pace = self._pace(stage)
        waited = sum((self._step(placed, pace) for placed in self._steps(stage)), timedelta())
        self.stages[stage.key] = (began, self.at)
        hands = max(self.at - began - waited, timedelta())
        self.life.people += hands * sum(staff.count for staff in stage.staff)

    def _steps(self, stage: Stage) -> list[Placed]:
        return [placed for placed in self.recipe.steps() if placed.stage is stage]

    def _pace(self, stage: Stage) -> timedelta:
        """Return how long each step of a stage takes that says nothing of its own time."""
        steps = [placed.step for placed in self._steps(stage)]
        waits = (getattr(step, "min", None) for step in steps if step.kind == "timer")
        facts = self.facts()
        known = sum((facts.span(one) for one in waits if one is not None), timedelta())
        known += sum((step.takes.expected for step in steps if step.takes), timedelta())
        busy = sum(step.kind not in WAITING and step.takes is None for step in steps)
        return max((self._drawn(stage.duration) - known) / max(busy, 1), LEAST)

    def _drawn(self, given: Durations) -> timedelta:
        return draw_duration(given.low, given.expected, given.high, self.luck)

    def _check_within(self, stage: Stage, within: Within) -> None:
        since = self._moment(within.from_)
        if since is not None and self.at - since > self.facts().span(within.max):
            self.life.exceptions.add((stage.key, "within.missed"))

    def _moment(self, name: str) -> datetime | None:
        first, _dot, last = name.replace("/", ".").rpartition(".")
        if first == "collection":
            return COLLECTED
        stage = self.stages.get(first if last in {"started_at", "ended_at"} else name)
        if stage is not None:
            return stage[0] if last == "started_at" else stage[1]
        return next(
            (at for path, at in self.closed.items() if paths.normal(path) == paths.normal(name)),
            None,
        )

    def _hold_rooms(self) -> None:
        for need in self.recipe.needs:
            if need.resource == "place":
                cleaning = self.recipe.stage_by_key[need.last].cleaning or timedelta()
                held = self.stages[need.last][1] - self.stages[need.first][0] + cleaning
                self.life.rooms[need.class_] += int(held.total_seconds())

    # --- a step -------------------------------------------------------------------------------

    def _step(self, placed: Placed, pace: timedelta) -> timedelta:
        """Perform a step; return the time in which nobody had their hands on it."""
        began, step = self.at, placed.step
        self.at += self._busy(step, pace)
        self._call_contingencies(placed)
        waited = self._wait(placed)
        self._perform(placed, self.facts(placed.path, approved=True))
        self.closed[placed.path] = self.at
        if step.kind == "sample":
            self._send(placed)
        self.life.waited[placed.path] = self.at - began
        return waited

    def _busy(self, step: StepBase, pace: timedelta) -> timedelta:
        if step.kind in WAITING:
            return timedelta()
        return self._drawn(step.takes) if step.takes else pace

    def _perform(self, placed: Placed, facts: Facts) -> None:
        """Draw and judge values. A recipe that asks for what cannot be done is told so."""
        try:
            judged = self._judge(placed, kinds.draw(placed.step, facts, self.luck), facts)
        except Refusal as refusal:
            self.life.exceptions.add((placed.path, refusal.code))
            return
        self.life.exceptions |= {(placed.path, one.code) for one in judged.findings}
        self.values[placed.path] = judged.values

    def _judge(self, placed: Placed, drawn: dict[str, str], facts: Facts) -> Judged:
        try:
            return kinds.judge(placed.step, drawn, facts)
        except ValueImplausible:
            # Rounded just past the edge: read again, on the edge's good side.
            again = {**drawn, "value": format(Decimal(drawn["value"]) * Decimal("0.99"), "f")}
            return kinds.judge(placed.step, again, facts)

    def _wait(self, placed: Placed) -> timedelta:
        """Let the time of a timer pass, or the results come that a step asks for."""
        began = self.at
        step = placed.step
        named = {use.name for use in step.uses()} if step.kind == "gate" else set()
        named |= self.reads[placed.path]
        asked = {test for test in self.found if test in named or paths.normal(test) in named}
        self.at = max([self.at, *(self.found[test][0] for test in asked)])
        if getattr(step, "approval", False):
            self.at += APPROVAL
        if step.kind == "timer":
            self._pass_timer(placed)
        return self.at - began

    def _pass_timer(self, placed: Placed) -> None:
        step = placed.step
        facts = self.facts(placed.path)
        least, begin = getattr(step, "min", None), getattr(step, "from_", None)
        since = (facts.closed_at(begin) if begin else facts.started_at) or self.at
        if least is not None:
            self.at = max(self.at, since + facts.span(least))

    def _call_contingencies(self, placed: Placed) -> None:
        if placed.step is not placed.operation.steps[0]:
            return
        for called in self.recipe.contingencies:
            offered = called.key in placed.operation.contingencies and called.chance is not None
            if offered and self.luck.random() < float(called.chance or 0):
                self.life.exceptions.add((called.key, "contingency.called"))
                self.at += self._drawn(called.takes) if called.takes else timedelta()

    # --- the laboratory -----------------------------------------------------------------------

    def _send(self, placed: Placed) -> None:
        for use in placed.step.uses():
            test = self.recipe.test_by_key[use.name]
            facts = self.facts(placed.path)
            value = self._result(test, facts)
            flagged = not self._in_order(test, value, facts)
            outcome = Outcome.FLAGGED if flagged else Outcome.CLEARED
            self.found[test.key] = (self.at + test.turn_round, Result(value, outcome))
            if flagged:
                self.life.exceptions.add((test.key, "result.outside"))

    def _result(self, test: Test, facts: Facts) -> str:
        if test.options:
            return draw_choice(test.options, self.luck)
        if test.value != ValueType.DECIMAL:
            return "as seen"
        return rounded(draw_number(test.likely, facts, self.luck, target=self._target(test, facts),
                                   limits=test.limits), 3)  # fmt: skip

    def _target(self, test: Test, facts: Facts) -> Decimal | None:
        """Return what a test's criterion lets expect: well inside it."""
        if test.limits is not None:
            return None
        for item in items_of(self.recipe, test.key):
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
        failed = [i.key for i in items_of(self.recipe, test.key) if not meets(i, value, facts)]
        self.life.failed |= set(failed)
        flagged = any(option.flag for option in test.options if option.key == value)
        outside = test.limits and against(Decimal(value), test.limits, facts, field="value")
        return not (failed or flagged or outside)

    def _last_result(self) -> datetime:
        asked = {i.test for i in self.recipe.specification if i.needed == ReleaseStage.RELEASE}
        return max((self.found[test][0] for test in asked if test in self.found), default=self.at)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a figure is spread over the patients, in hours."""

    p5: float
    p50: float
    p95: float
    mean: float

    @classmethod
    def of(cls, times: list[timedelta]) -> Spread:
        """Return the spread of some durations; there is at least one."""
        hours = sorted(time / timedelta(hours=1) for time in times)
        last = len(hours) - 1
        p5, p50, p95 = (hours[round(last * share)] for share in (0.05, 0.5, 0.95))
        return cls(*(round(one, 2) for one in (p5, p50, p95, sum(hours) / len(hours))))


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal shows; shares are of the patients, hours are means unless spread."""

    patients: int
    seed: int
    made: Spread
    released: Spread
    turn_rounds: tuple[float, ...]
    exceptions: tuple[tuple[str, str, float], ...]
    without_exception: float
    in_specification: float
    specification: Mapping[str, float]
    longest_steps: tuple[tuple[str, float], ...]
    person_hours: float
    room_hours: Mapping[str, float]


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
    reads = {placed.path: _read(placed.step) for placed in recipe.steps()}
    lives = []
    for number in range(patients):
        luck = Random(f"{seed}:{number}")  # noqa: S311 - chance, no secret
        lives.append(_Way(recipe, luck, reads).run())
        done(number + 1)
    return _summary(recipe, lives, seed)


def _summary(recipe: Recipe, lives: list[Life], seed: int) -> Rehearsed:
    count = len(lives)
    met = Counter(one for life in lives for one in life.exceptions)
    failed = Counter(key for life in lives for key in life.failed)
    waited: Counter[str] = Counter()
    rooms: Counter[str] = Counter()
    for life in lives:
        waited.update({path: int(time.total_seconds()) for path, time in life.waited.items()})
        rooms.update(life.rooms)
    made = [life.made for life in lives]
    people = sum((life.people for life in lives), timedelta())
    return Rehearsed(
        patients=count,
        seed=seed,
        made=Spread.of(made),
        released=Spread.of([life.released for life in lives]),
        turn_rounds=tuple(sorted(round(life.released / timedelta(days=1), 3) for life in lives)),
        exceptions=tuple((path, code, share / count) for (path, code), share in met.most_common()),
        without_exception=sum(not life.exceptions for life in lives) / count,
        in_specification=sum(not life.failed for life in lives) / count,
        specification={i.key: 1 - failed[i.key] / count for i in recipe.specification},
        longest_steps=tuple(
            (path, round(seconds / 3600 / count, 2)) for path, seconds in waited.most_common(10)
        ),
        person_hours=round(people / timedelta(hours=1) / count, 2),
        room_hours={name: round(s / 3600 / count, 2) for name, s in rooms.most_common()},
    )
