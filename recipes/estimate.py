"""What a recipe takes before anybody runs it: its critical path, and what it asks of people. Pure.

Three times are worked out: everything at its shortest, as expected, and at its longest. What a
stage waits for is the end of the stages before it, their lag, and results that its gates name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from recipes.document import Recipe, Stage
from recipes.enums import ReleaseStage
from recipes.order import Order
from recipes.parts import Durations
from recipes.step import Names, StepBase

ZERO = timedelta()
# What the system does, or what is only waited for.
NO_TOUCH = frozenset({"calculate", "timer", "gate"})


@dataclass(frozen=True, slots=True)
class Path:
    """One case: until the product is made, until its results are there, and what decided it."""

    made: timedelta
    released: timedelta
    stages: tuple[str, ...]
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one batch takes and asks of people; every part once, loops and branches included."""

    shortest: Path
    expected: Path
    longest: Path
    touches: int
    signatures: int
    witnessed: int
    witness: timedelta
    people: timedelta

    @property
    def cases(self) -> tuple[tuple[str, Path], ...]:
        """The three cases with their names."""
        return (
            ("shortest", self.shortest), ("expected", self.expected), ("longest", self.longest),
        )  # fmt: skip


def estimate(recipe: Recipe) -> Estimate:
    """Work out what a batch of a recipe takes. The recipe is one that the compiler accepts."""
    steps = [placed.step for placed in recipe.steps()]
    verified = [placed for placed in recipe.steps() if placed.step.verify]
    gates = sum(bool(getattr(step, "approval", False)) for step in steps)
    operations = sum(len(stage.operations) for stage in recipe.stages)
    hands = (stage.duration.expected * sum(s.count for s in stage.staff) for stage in recipe.stages)
    shares = {stage.key: share_of(stage) for stage in recipe.stages}
    witness = (
        p.step.takes.expected if p.step.takes else shares[p.stage.key] for p in verified
    )  # fmt: skip
    return Estimate(
        shortest=_path(recipe, "low"),
        expected=_path(recipe, "expected"),
        longest=_path(recipe, "high"),
        touches=sum(step.kind not in NO_TOUCH for step in steps),
        signatures=operations + len(verified) + gates,
        witnessed=len(verified),
        witness=sum(witness, ZERO),
        people=sum(hands, ZERO),
    )


def share_of(stage: Stage) -> timedelta:
    """Return how long a step of a stage takes, as a rule, that says nothing of its own time."""
    steps = [step for operation in stage.operations for step in operation.steps]
    own = sum((step.takes.expected for step in steps if step.takes), ZERO)
    waits = sum((least_wait(step) for step in steps), ZERO)
    busy = sum(step.takes is None and step.kind not in {"timer", "gate"} for step in steps)
    return max(stage.duration.expected - own - waits, ZERO) / max(busy, 1)


def _case(given: Durations, case: str) -> timedelta:
    found: timedelta = getattr(given, case)
    return found


def _path(recipe: Recipe, case: str) -> Path:
    ends: list[timedelta] = []
    came_from: list[int | None] = []
    results: dict[str, timedelta] = {}
    order = Order(recipe.stages)
    for number, stage in enumerate(recipe.stages):
        waits = (one for one in order.waits_for(number) if one < number)
        last = max(waits, key=ends.__getitem__, default=None)
        start = (ends[last] if last is not None else ZERO) + _lag(stage, case)
        start = max([start, *(results[test] for test in _gated(stage) if test in results)])
        ends.append(start + _case(stage.duration, case))
        came_from.append(last)
        results |= _taken(recipe, stage, ends[-1])
    made = max(ends, default=ZERO)
    asked = {item.test for item in recipe.specification if item.needed == ReleaseStage.RELEASE}
    test = max((name for name in asked if name in results), key=results.__getitem__, default="")
    released = max(made, results.get(test, ZERO))
    return Path(made, released, _way(recipe, ends, came_from), test if released > made else "")


def _lag(stage: Stage, case: str) -> timedelta:
    if stage.lag is None:
        return ZERO
    least = stage.lag.min or ZERO
    return (stage.lag.max or least) if case == "high" else least


def _gated(stage: Stage) -> set[str]:
    steps = (step for operation in stage.operations for step in operation.steps)
    return {use.name for step in steps if step.kind == "gate" for use in step.uses()}


def _taken(recipe: Recipe, stage: Stage, at: timedelta) -> dict[str, timedelta]:
    names = (
        use.name
        for operation in stage.operations
        for step in operation.steps
        if step.kind == "sample"
        for use in step.uses()
        if use.what == Names.TEST and use.name in recipe.test_by_key
    )
    return {name: at + recipe.test_by_key[name].turn_round for name in names}


def _way(recipe: Recipe, ends: list[timedelta], came_from: list[int | None]) -> tuple[str, ...]:
    at: int | None = max(range(len(ends)), key=ends.__getitem__, default=None)
    found: list[str] = []
    while at is not None:
        found.insert(0, recipe.stages[at].key)
        at = came_from[at]
    return tuple(found)


def least_wait(step: StepBase) -> timedelta:
    """Return what a timer that runs from the step before waits for at least."""
    alone = step.kind == "timer" and getattr(step, "from_", None) is None
    least = getattr(step, "min", None) if alone else None
    return least if isinstance(least, timedelta) else ZERO
