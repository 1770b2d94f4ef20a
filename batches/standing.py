"""How a batch stands in its recipe, and what the closing of a step brings: rows to flow and back.

``recipes.flow`` knows the rules; here its questions are answered with the batch's values, and
its answers become what an entry says (``Next``), so that a fold looks nothing up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from batches.entries import BranchSkipped, Due, Next, Said
from batches.enums import OperationState, StageState, StepState
from batches.models import Batch, Operation, Stage, Step
from batches.selectors import Done, Known, Point, facts_at, known_of
from mes.lib.refusals import Refusal
from recipes import flow
from recipes.document import Recipe
from recipes.enums import Severity
from recipes.flow import Answer, Onward, Question, Spot, Standing, State
from recipes.judging import Facts, Values

REACHED = {StepState.TO_BE_VERIFIED, StepState.CLOSED, StepState.SKIPPED}


def spot_of(row: Step) -> Spot:
    """Return a step row as flow knows it."""
    return Spot(row.path, row.iteration, row.operation)


def standing_of(batch: UUID) -> Standing:
    """Read how a batch stands: three queries."""
    rows = Step.objects.filter(stream=batch)
    steps = {
        spot_of(row): State.LIVE if row.is_live else State.OVER
        for row in rows
        if row.due_since is not None or row.state in REACHED
    }
    operations = list(Operation.objects.filter(stream=batch))
    stages = list(Stage.objects.filter(stream=batch))
    begun = {spot.operation for spot in steps}
    skipped = {
        row.path for row in operations
        if row.state == OperationState.SKIPPED and row.path not in begun
    } | {row.key for row in stages if row.state == StageState.SKIPPED}  # fmt: skip
    called = {row.path: row.called_from for row in operations if row.called_from}
    over = {row.key for row in stages if row.state in {StageState.ENDED, StageState.SKIPPED}}
    return Standing(steps, skipped=skipped, called=called, over=over)


@dataclass
class Judging:
    """Answers the conditions of a batch's recipe with what is recorded at ``at``.

    ``closing`` are the values of the step that is being closed; its row does not have them yet.
    """

    batch: Batch
    at: datetime
    closing: Mapping[str, Values] = field(default_factory=dict)

    @cached_property
    def _known(self) -> Known:
        known = known_of(self.batch.id, by=self.at)
        own = [Done(ref, values, self.at) for ref, values in self.closing.items()]
        before = [one for one in known.done if one.ref not in self.closing]
        return replace(known, done=(*before, *own))

    def __call__(self, question: Question) -> Answer:
        """Answer a question. What cannot be worked out is not known."""
        point = Point(question.path, question.iteration)
        return answer(facts_at(self.batch, self._known, point, at=self.at), question.condition)


def answer(facts: Facts, condition: str) -> Answer:
    """Say whether a condition holds, and with what; what cannot be worked out is not known."""
    values = facts.asked(condition)
    try:
        return Answer(facts.holds(condition), values)
    except Refusal:
        return Answer(holds=False, values=values, known=False)


def next_of(
    batch: Batch, recipe: Recipe, row: Step, *, values: Values, at: datetime,
    verified: bool = False,
) -> "Brought":  # fmt: skip
    """Return what the closing of a step with these values brings, by the flow of its recipe.

    A step that was ``verified`` may have been overtaken by a contingency meanwhile.
    """
    spot = spot_of(row)
    begins = not flow.has_done_before(recipe, spot) and _waits(batch, row.stage)
    plain = None if verified else flow.plainly(recipe, spot)
    standing = None
    if plain is not None:
        onward = Onward(due=[plain])
    else:
        standing = standing_of(batch.id)
        judging = Judging(batch, at, {row.ref: values})
        onward = flow.onward(recipe, standing, spot, judging)
    return Brought(batch.id, recipe, row, onward, standing, begins)


def _waits(batch: Batch, stage: str) -> bool:
    return Stage.objects.filter(stream=batch.id, key=stage, state=StageState.WAITING).exists()


@dataclass
class Brought:
    """What the closing of a step brings, as entries say it."""

    batch: UUID
    recipe: Recipe
    row: Step
    onward: Onward
    standing: Standing | None
    begins_stage: bool

    def entry(self) -> Next:
        """Return the part of the entry that says what comes next."""
        onward = self.onward
        return Next(
            position=self.row.position, operation=self.row.operation, stage=self.row.stage,
            begins_stage=self.begins_stage, due=self._due(), returns=onward.returns,
            ended_operations=tuple(onward.ended_operations),
            ended_stages=tuple(onward.ended_stages), ends_batch=onward.ends_batch,
            unfinished=tuple(_unfinished(one) for one in onward.unfinished),
        )  # fmt: skip

    def _due(self) -> tuple[Due, ...]:
        near = self.row.position if self.recipe.by_path[self.row.path].position == 0 else 0
        return tuple(due_of(self.recipe, spot, self.standing, near=near)
                     for spot in self.onward.due)  # fmt: skip

    def skipped(self) -> list[BranchSkipped]:
        """Return an entry for each branch that is not taken."""
        return skipped_of(self.recipe, self.onward, near=self.row.position)


def due_of(recipe: Recipe, spot: Spot, standing: Standing | None, *, near: int = 0) -> Due:
    """Return a step as an entry names it. A contingency's stands where it was called: ``near``."""
    placed = recipe.by_path[spot.path]
    return Due(
        step=spot.path, iteration=spot.iteration, operation=spot.operation,
        position=placed.position or near, kind=placed.step.kind, verify=placed.step.verify,
        waits_for=standing.interrupted(spot.operation) if standing else "",
    )  # fmt: skip


def skipped_of(recipe: Recipe, onward: Onward, *, near: int = 0) -> list[BranchSkipped]:
    """Return an entry for each branch that is not taken, with the values that decided it."""
    return [
        BranchSkipped(
            part=one.part, condition=one.condition, values=dict(one.values),
            step=due_of(recipe, one.spot, None, near=near) if one.spot else None,
        )
        for one in onward.skipped
    ]  # fmt: skip


def _unfinished(one: flow.Unfinished) -> Said:
    values = ", ".join(f"{name} {value}" for name, value in one.values.items())
    params = {"until": one.until, "max": str(one.most), "values": values}
    return Said(code="loop.unfinished", severity=Severity.MAJOR.value, params=params)
