"""A step of a recipe that nobody runs, as a tablet would show it: rows that are never saved."""

from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from batches.enums import OperationState, ProcessState, Purpose, RecordState, StepState
from batches.models import Batch, Operation, Step
from batches.pages.seen import Seen
from batches.pages.work import step_page
from mes.lib import clock
from mes.lib.ids import uuid7
from recipes.document import Placed, Recipe
from recipes.judging import Facts
from records.commands import Actor

# An identifier and a patient that cannot be: the serial is zero.
COI = "CHA999926000000"
MARK = "circle-outlined-XX"


class Previewed(Seen):
    """A batch that is none: nothing was measured, no order brought anything."""

    @cached_property
    def facts(self) -> Facts:
        """The times and the parameters; what earlier steps would have measured is not there."""
        return self.timing

    @cached_property
    def moments(self) -> dict[str, datetime]:
        """No order began."""
        return {}


def preview_page(
    recipe: Recipe, path: str, actor: Actor, *, draft: UUID | None = None
) -> dict[str, Any] | None:
    """Return the context of a step's tablet page; None when the recipe has no such step."""
    placed = recipe.by_path.get(path)
    if placed is None:
        return None
    batch = _batch(recipe, placed)
    operations = _operations(recipe, batch.id, actor)
    seen = Previewed(
        batch=batch, recipe=recipe, steps=_steps(recipe, placed, batch.id),
        operations=operations, claims=[], seq=0, now=batch.due_since, actor=actor,
    )  # fmt: skip
    return step_page(seen, draft=draft)


def _batch(recipe: Recipe, placed: Placed) -> Batch:
    now = clock.now()
    return Batch(
        id=uuid7(), number="B-00-0000", order=uuid7(), coi=COI, mark=MARK,
        purpose=Purpose.PATIENT, recipe=recipe.recipe, recipe_version=uuid7(),
        recipe_label="", recipe_hash="", inputs={}, process_state=ProcessState.RUNNING,
        record_state=RecordState.EXECUTING, position=placed.position,
        steps=recipe.length, due_since=now, issued_at=now,
    )  # fmt: skip


def _operations(recipe: Recipe, batch: UUID, actor: Actor) -> list[Operation]:
    places = [(stage, operation) for stage in recipe.stages for operation in stage.operations]
    return [
        Operation(
            id=uuid7(), stream=batch, path=f"{stage.key}/{operation.key}", stage=stage.key,
            number=number, state=OperationState.RUNNING, performer=actor.person,
            performer_name=actor.name,
        )
        for number, (stage, operation) in enumerate(places, 1)
    ]  # fmt: skip


def _steps(recipe: Recipe, due: Placed, batch: UUID) -> list[Step]:
    return [
        Step(
            id=uuid7(), stream=batch, path=placed.path, stage=placed.stage.key,
            operation=f"{placed.stage.key}/{placed.operation.key}", position=placed.position,
            kind=placed.step.kind, verify=placed.step.verify,
            state=StepState.WAITING,
            due_since=clock.now() if placed is due else None,
        )
        for placed in recipe.steps()
        if placed.operation is due.operation
    ]  # fmt: skip
