"""What the engine looks at: the due step, its document, the facts of its judgement."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from batches.enums import ConcessionState, StepState
from batches.models import Batch, BatchResult, Concession, Operation, Step
from mes.lib.refusals import NotFound
from recipes.document import Placed, Recipe
from recipes.enums import Outcome
from recipes.judging import Facts, Result
from recipes.selectors import document

APPROVAL = "approval"


def batch_of(batch: UUID) -> Batch:
    """Return a batch of this site. Raises NotFound, for another site's as well."""
    found = Batch.objects.filter(id=batch).first()
    if found is None:
        raise NotFound()
    return found


def step_of(batch: UUID, path: str, *, iteration: int = 1) -> Step:
    """Return a step row of a batch. Raises NotFound."""
    found = Step.objects.filter(stream=batch, path=path, iteration=iteration).first()
    if found is None:
        raise NotFound()
    return found


def due_step(batch: Batch) -> Step | None:
    """Return the step that is due, None when all are closed."""
    return Step.objects.filter(stream=batch.id, position=batch.position).first()


def operation_of(batch: UUID, path: str) -> Operation:
    """Return an operation row of a batch. Raises NotFound."""
    found = Operation.objects.filter(stream=batch, path=path).first()
    if found is None:
        raise NotFound()
    return found


def recipe_of(batch: Batch) -> Recipe:
    """Return the document that the batch has pinned."""
    return document(batch.recipe_hash)


def placed_of(batch: Batch, path: str) -> Placed:
    """Return a step of the pinned document. Raises NotFound."""
    placed = recipe_of(batch).by_path.get(path)
    if placed is None:
        raise NotFound()
    return placed


def facts_of(batch: Batch, placed: Placed, *, at: datetime) -> Facts:
    """Gather what the judgement of a step may know. Reads earlier steps only if it asks."""
    asks = bool(placed.step.written()) or placed.step.kind in {"timer", "calculate", "gate"}
    closed = list(_closed(batch.id)) if asks else []
    return Facts(
        at=at,
        path=placed.path,
        started_at=batch.due_since,
        values={path: values for path, values, _ in closed},
        closed={path: when for path, _, when in closed},
        results=results_of(batch.id) if asks else {},
        inputs=batch.inputs,
        parameters=recipe_of(batch).parameter_values,
        approved=asks and BatchResult.objects.filter(stream=batch.id, test=APPROVAL).exists(),
    )


def _closed(batch: UUID) -> list[tuple[str, Mapping[str, str], datetime]]:
    rows = Step.objects.filter(stream=batch, state=StepState.CLOSED).order_by("position")
    return list(rows.values_list("path", "values", "closed_at"))


def results_of(batch: UUID) -> dict[str, Result]:
    """Return the newest result of each test, as gates and formulas see it."""
    return {
        row.test: Result(row.value, Outcome(row.outcome))
        for row in BatchResult.objects.filter(stream=batch)
    }


def concessions_at(batch: UUID, path: str, *, at: datetime) -> set[str]:
    """Return the codes of the interlocks that QA lets this step pass at that time."""
    rows = Concession.objects.filter(
        stream=batch, step=path, state=ConcessionState.GRANTED, until__gt=at
    )
    return set(rows.values_list("code", flat=True))
