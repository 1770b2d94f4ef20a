"""What comes next in a recipe: sequence, branches, loops, parallel work, contingencies. Pure.

The engine and the rehearsal ask the same function. It knows which steps of a batch were reached
and how they stand, and answers what the closing of one brings: which steps are due, which
branches are skipped and why, which operations and stages are over. Nothing is due before what it
comes after is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from recipes import paths
from recipes.document import Operation, Recipe, Repeat, Stage

Thing = TypeVar("Thing")
Part = TypeVar("Part", Operation, Stage)
# Where the condition of an operation or a stage stands: at no step of it.
NOWHERE = "~"


class State(StrEnum):
    """How a step stands that was reached: to be done, or over."""

    LIVE = "live"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Spot:
    """One time of one step. ``operation`` is the ref of the operation in which it stands."""

    path: str
    iteration: int
    operation: str

    @property
    def ref(self) -> str:
        """The step's path, with its iteration from the second on."""
        return paths.ref(self.path, self.iteration)


@dataclass(frozen=True, slots=True)
class Question:
    """A condition, and from where its names are read."""

    condition: str
    path: str
    iteration: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds, and the values that decided it, by name.

    ``known`` is False where a value was missing: a branch is then taken, a loop goes on.
    """

    holds: bool
    values: Mapping[str, str]
    known: bool = True


Judge = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A branch that is not taken: ``spot`` of a step, or the path of an operation or a stage."""

    part: str
    spot: Spot | None
    condition: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A loop that came to its maximum before its condition held."""

    spot: Spot
    until: str
    most: int
    values: Mapping[str, str]


@dataclass(slots=True)
class Onward:
    """What comes: refs of operations, keys of stages. ``returns`` is a contingency's ref."""

    due: list[Spot] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)
    ended_operations: list[str] = field(default_factory=list)
    ended_stages: list[str] = field(default_factory=list)
    returns: str = ""
    ends_batch: bool = False


class Standing:
    """How a batch stands: its reached steps, skipped parts, and who called which contingency.

    ``called`` is by the contingency's ref: the ref of the operation that waits for it. ``done``
    and ``over`` hold the operations (by path) and stages that are known to be over.
    """

    def __init__(
        self,
        steps: Mapping[Spot, State] | None = None,
        *,
        skipped: Iterable[str] = (),
        called: Mapping[str, str] | None = None,
        over: Iterable[str] = (),
    ) -> None:
        self.steps: dict[Spot, State] = {}
        self.skipped, self.called = set(skipped), dict(called or {})
        self.done: set[str] = set()
        self.over: set[str] = set(over)
        self._live: Counter[str] = Counter()
        self._runs: Counter[str] = Counter()
        self._times: dict[str, int] = {}
        for spot, state in (steps or {}).items():
            self.mark(spot, state)

    def mark(self, spot: Spot, state: State) -> None:
        """Say how a step stands from now on."""
        change = (state == State.LIVE) - (self.steps.get(spot) == State.LIVE)
        self.steps[spot] = state
        path, time = paths.split(spot.operation)
        self._times[path] = max(time, self._times.get(path, 0))
        self._runs[spot.operation] += change
        self._live[path] += change
        if spot.operation in self.called:
            self._live[paths.split(self.called[spot.operation])[0]] += change

    def times(self, operation: str) -> int:
        """Return how often an operation was begun, by its path."""
        return self._times.get(operation, 0)

    def is_done(self, operation: str) -> bool:
        """Whether an operation is over: skipped, or begun and with nothing left to do in it."""
        if operation in self.done or operation in self.skipped:
            return True
        if not self.times(operation) or self._live[operation]:
            return False
        self.done.add(operation)
        return True

    def runs(self, operation: str) -> bool:
        """Whether a step of one time of an operation, by its ref, is to be done."""
        return self._runs[operation] > 0

    def interrupted(self, operation: str) -> str:
        """Return the ref of the contingency that an operation waits for, if it does."""
        calls = (ref for ref, caller in self.called.items() if caller == operation)
        return next((ref for ref in calls if self.runs(ref)), "")


def begin(recipe: Recipe, judge: Judge, standing: Standing | None = None) -> Onward:
    """Return what is due when a batch is issued; ``standing`` is changed to how it stands."""
    walk = _Walk(recipe, standing if standing is not None else Standing(), judge)
    walk.go_on()
    return walk.onward


def onward(recipe: Recipe, standing: Standing, closed: Spot, judge: Judge) -> Onward:
    """Return what the closing of a step brings; ``standing`` is changed to how it then stands."""
    following = plainly(recipe, closed)
    standing.mark(closed, State.OVER)
    if following is not None:
        standing.mark(following, State.LIVE)
        return Onward(due=[following])
    walk = _Walk(recipe, standing, judge)
    walk.after(closed)
    if walk.onward.ended_operations or walk.onward.returns:
        walk.go_on()
    return walk.onward


def plainly(recipe: Recipe, closed: Spot) -> Spot | None:
    """Return the step behind another where nothing is to be decided; None where flow must be asked.

    Most steps are followed by the next of their operation, whatever was done elsewhere.
    """
    path = recipe.followers.get(closed.path)
    return Spot(path, closed.iteration, closed.operation) if path else None


def has_done_before(recipe: Recipe, due: Spot) -> bool:
    """Whether the step before a due one was surely done: no condition may have skipped it."""
    operation = recipe.operation(due.operation)
    keys = [step.key for step in operation.steps] if operation else []
    key = due.path.rpartition("/")[2]
    if operation is None or key not in keys[1:]:
        return False
    before = operation.steps[keys.index(key) - 1]
    path = f"{due.path.rpartition('/')[0]}/{before.key}"
    return before.condition is None and plainly(recipe, replace(due, path=path)) == due


def call(
    recipe: Recipe, standing: Standing, *, contingency: str, caller: str, judge: Judge
) -> Onward:
    """Return what is due when an operation (by its ref) calls a contingency (by its key)."""
    path = f"{caller.partition('/')[0]}/{contingency}"
    ref = paths.ref(path, 1 + standing.times(path))
    standing.called[ref] = caller
    walk = _Walk(recipe, standing, judge)
    walk.enter(ref)
    return walk.onward


def earlier(parts: Sequence[Part], number: int) -> tuple[Part, ...]:
    """Return what must be over before a part begins: all before it, or those that it names."""
    after = parts[number].after
    before = tuple(parts[:number])
    return before if after is None else tuple(one for one in parts if one.key in after)


def together(recipe: Recipe, path: str, other: str) -> bool:
    """Whether two steps are repeated together: a name in one means the other's same time."""
    here, there = path.rpartition("/"), other.rpartition("/")
    operation = recipe.operation(here[0]) if here[0] == there[0] else None
    if operation is None:
        return False
    group = _group(operation)
    if group is None:
        return True
    keys = [step.key for step in operation.steps]
    return all(group[0] <= keys.index(key) <= group[1] for key in (here[2], there[2]))


def visible(
    recipe: Recipe, rounds: Mapping[str, Thing], *, path: str, iteration: int
) -> dict[str, Thing]:
    """Return what plain names mean at one time of a step: ``rounds`` by ref, the answer by path.

    Of what is repeated together with the step only the same time counts, of anything else the
    last. ``rounds`` come in the order of work.
    """
    found: dict[str, Thing] = {}
    for ref, thing in rounds.items():
        other, time = paths.split(ref)
        if time == iteration or not together(recipe, path, other):
            found[other] = thing
    return found


def order_in(operation: Operation | None, path: str, iteration: int) -> tuple[int, int, int]:
    """Return where one time of a step comes in its operation: a loop is done round by round."""
    keys = [step.key for step in operation.steps] if operation else []
    key = path.rpartition("/")[2]
    index = keys.index(key) if key in keys else len(keys)
    group = _group(operation) if operation else None
    inside = group is not None and group[0] <= index <= group[1]
    return (group[0] if group and inside else index, iteration, index)


def _group(operation: Operation) -> tuple[int, int] | None:
    repeat = operation.repeat
    if repeat is None or repeat.first is None or repeat.last is None:
        return None
    keys = [step.key for step in operation.steps]
    if repeat.first not in keys or repeat.last not in keys:
        return None
    return keys.index(repeat.first), keys.index(repeat.last)


class _Walk:
    """One walk from what was closed to what is due."""

    def __init__(self, recipe: Recipe, standing: Standing, judge: Judge) -> None:
        self.recipe, self.standing, self.judge = recipe, standing, judge
        self.onward = Onward()

    # --- inside an operation ------------------------------------------------------------------

    def after(self, closed: Spot) -> None:
        """Go on behind a step that was closed."""
        operation = self._operation(closed.operation)
        keys = [step.key for step in operation.steps]
        index = keys.index(closed.path.rpartition("/")[2])
        round_ = closed.iteration if self._in_group(closed.operation, index) else 1
        self._from(closed.operation, *self._next(closed.operation, index, round_))
        if closed.operation in self.standing.called and not self.standing.runs(closed.operation):
            self.onward.returns = closed.operation

    def enter(self, ref: str) -> None:
        """Begin one time of an operation."""
        self._from(ref, 0, 1)

    def _from(self, ref: str, index: int, round_: int) -> None:
        """Make the first step from ``index`` on due whose condition holds, else end it."""
        while True:
            if index < len(self._operation(ref).steps):
                if self._takes(ref, index, round_):
                    return
                index, round_ = self._next(ref, index, round_)
            else:
                following = self._ended(ref)
                if following is None:
                    return
                ref, index, round_ = following, 0, 1

    def _takes(self, ref: str, index: int, round_: int) -> bool:
        """Make a step due, or skip it; say which."""
        spot = self._spot(ref, index, round_)
        condition = self._operation(ref).steps[index].condition
        if condition is not None:
            answer = self._ask(condition, spot)
            if answer.known and not answer.holds:
                self.standing.mark(spot, State.OVER)
                self.onward.skipped.append(Skipped(spot.ref, spot, condition, answer.values))
                return False
        self.standing.mark(spot, State.LIVE)
        self.onward.due.append(spot)
        return True

    def _next(self, ref: str, index: int, round_: int) -> tuple[int, int]:
        """Return where it goes on behind a step, or once more through the group that it ends."""
        repeat, group = self._operation(ref).repeat, self._group(ref)
        if repeat is not None and group is not None and index == group[1]:
            if self._again(repeat, self._spot(ref, index, round_), round_):
                return group[0], round_ + 1
            return index + 1, 1
        return index + 1, round_

    def _group(self, ref: str) -> tuple[int, int] | None:
        """Return first and last step of a loop within an operation. A contingency has none."""
        return None if ref in self.standing.called else _group(self._operation(ref))

    def _in_group(self, ref: str, index: int) -> bool:
        group = self._group(ref)
        return group is not None and group[0] <= index <= group[1]

    def _again(self, repeat: Repeat, spot: Spot, done: int) -> bool:
        answer = self._ask(repeat.until, spot)
        if answer.holds and answer.known:
            return False
        if done < repeat.max:
            return True
        self.onward.unfinished.append(Unfinished(spot, repeat.until, repeat.max, answer.values))
        return False

    def _ended(self, ref: str) -> str | None:
        """End one time of an operation; return the ref of the next time, if there is one."""
        self.onward.ended_operations.append(ref)
        operation, (path, done) = self._operation(ref), paths.split(ref)
        repeat = operation.repeat
        if repeat is None or repeat.first is not None or ref in self.standing.called:
            return None
        last = self._spot(ref, len(operation.steps) - 1, 1)
        return paths.ref(path, done + 1) if self._again(repeat, last, done) else None

    def _spot(self, ref: str, index: int, round_: int) -> Spot:
        path, time = paths.split(ref)
        step = self._operation(ref).steps[index]
        iteration = round_ if self._in_group(ref, index) else time
        return Spot(f"{path}/{step.key}", iteration, ref)

    def _operation(self, ref: str) -> Operation:
        found = self.recipe.operation(ref)
        if found is None:
            raise LookupError(ref)
        return found

    def _ask(self, condition: str, spot: Spot) -> Answer:
        return self.judge(Question(condition, spot.path, spot.iteration))

    # --- operations and stages ----------------------------------------------------------------

    def go_on(self) -> None:
        """Begin every stage and operation whose turn has come, until nothing more begins."""
        stages, over = self.recipe.stages, self.standing.over
        while any(self._stage(number) for number, one in enumerate(stages) if one.key not in over):
            pass
        self.onward.ends_batch = all(stage.key in over for stage in stages)

    def _stage(self, number: int) -> bool:
        """Take a stage as far as it comes; say whether it began, went on or ended."""
        stage, over = self.recipe.stages[number], self.standing.over
        if not all(one.key in over for one in earlier(self.recipe.stages, number)):
            return False
        if stage.key in self.standing.skipped or self._skips_stage(stage):
            return self._end(stage)
        moved = any(self._begin(stage, index) for index in range(len(stage.operations)))
        if all(self.standing.is_done(f"{stage.key}/{one.key}") for one in stage.operations):
            return self._end(stage)
        return moved

    def _end(self, stage: Stage) -> bool:
        self.standing.over.add(stage.key)
        self.onward.ended_stages.append(stage.key)
        return True

    def _skips_stage(self, stage: Stage) -> bool:
        if stage.when is None or any(self._known(stage, one) for one in stage.operations):
            return False
        return self._skips(stage.key, stage.when, f"{stage.key}/{NOWHERE}/{NOWHERE}")

    def _skips(self, part: str, condition: str, path: str) -> bool:
        answer = self.judge(Question(condition, path, 1))
        if answer.holds or not answer.known:
            return False
        self.standing.skipped.add(part)
        self.onward.skipped.append(Skipped(part, None, condition, answer.values))
        return True

    def _known(self, stage: Stage, operation: Operation) -> bool:
        path = f"{stage.key}/{operation.key}"
        return path in self.standing.skipped or self.standing.times(path) > 0

    def _begin(self, stage: Stage, index: int) -> bool:
        """Begin an operation, or skip it; say whether its turn had come."""
        operation = stage.operations[index]
        if self._known(stage, operation):
            return False
        before = earlier(stage.operations, index)
        if not all(self.standing.is_done(f"{stage.key}/{one.key}") for one in before):
            return False
        path = f"{stage.key}/{operation.key}"
        if operation.when is None or not self._skips(path, operation.when, f"{path}/{NOWHERE}"):
            self.enter(path)
        return True
