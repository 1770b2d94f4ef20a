"""What a recipe takes before anybody runs it: its critical path, and what it asks of people. Pure.

Three times are worked out (``recipes.course``). The shortest has each part at its least and leaves
out what may be skipped; the expected has every branch and every loop once; the longest has each
part at its most, every branch, and each loop as often as it may come. Contingencies are in none of
them, nor is the time for QA's word at a gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from recipes.course import Course, Pace
from recipes.document import Recipe
from recipes.enums import ReleaseStage
from recipes.outline import Outline

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
    """What one batch takes and asks of people: that with every part once, branches included."""

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
    outline = Outline(recipe)
    expected = Course(outline, Pace.EXPECTED)
    witness = (expected.takes(one) for one in outline.steps if one.step.verify)
    return Estimate(
        shortest=_path(Course(outline, Pace.SHORTEST)),
        expected=_path(expected),
        longest=_path(Course(outline, Pace.LONGEST)),
        touches=sum(step.kind not in NO_TOUCH for step in steps),
        signatures=operations + len(verified) + gates,
        witnessed=len(verified),
        witness=sum(witness, ZERO),
        people=sum(hands, ZERO),
    )


def _path(course: Course) -> Path:
    recipe, results = course.outline.recipe, course.results()
    made = max(course.ended.values(), default=ZERO)
    needed = (item for item in recipe.specification if item.needed == ReleaseStage.RELEASE)
    asked = dict.fromkeys(item.test for item in needed)
    test = max((name for name in asked if name in results), key=results.__getitem__, default="")
    released = max(made, results.get(test, ZERO))
    return Path(made, released, tuple(_way(course)), test if released > made else "")


def _way(course: Course) -> list[str]:
    """Return the stages that decide when the product is made, without those that are skipped."""
    at: int | None = max(course.ended, key=course.ended.__getitem__, default=None)
    found: list[str] = []
    while at is not None:
        if at in course.started:
            found.insert(0, course.outline.recipe.stages[at].key)
        at = course.came_from[at]
    return found
