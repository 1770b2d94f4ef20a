"""What the engine looks at: the due step, its document, the facts of its judgement."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language

from batches.entries import Turn
from batches.enums import ConcessionState, StepState
from batches.models import Batch, BatchResult, Concession, Operation, Step, VoidedSignature
from mes.lib.refusals import NotFound
from recipes import formulas
from recipes.document import Placed, Recipe
from recipes.enums import Outcome
from recipes.judging import Facts, Result
from recipes.selectors import document
from records.commands import Actor
from records.reading import reading

APPROVAL = "approval"
# Kinds that are judged by what was before, whatever their formulas say.
ASKING = {"timer", "calculate", "gate"}

_pinned: dict[UUID, str] = {}


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


def pinned_recipe(batch: UUID, actor: Actor) -> Recipe:
    """Return the document that a batch has pinned, from outside an act.

    A batch never changes its version, so each process asks once. Raises NotFound.
    """
    if batch not in _pinned:
        with reading(site=actor.site, person=actor.person):
            _pinned[batch] = batch_of(batch).recipe_hash
            return document(_pinned[batch])
    return document(_pinned[batch])


def recipes_of(batches: Iterable[UUID]) -> dict[UUID, Recipe]:
    """Return the documents that some batches have pinned: one query, and one for each document
    that this process has not read yet.
    """
    rows = Batch.objects.filter(id__in=set(batches)).values_list("id", "recipe_hash")
    return {batch: document(hashed) for batch, hashed in rows}


def stage_titles(batches: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """Return what people call the stages of some batches, in the reader's language, by key."""
    language = get_language() or "en"
    return {
        batch: {stage.key: stage.title.say(language) for stage in recipe.stages}
        for batch, recipe in recipes_of(batches).items()
    }


def turn_of(recipe: Recipe, placed: Placed) -> Turn:
    """Return what the closing of a step begins and ends, by the order of the document."""
    steps = list(recipe.steps())
    before = steps[placed.position - 2] if placed.position > 1 else None
    after = steps[placed.position] if placed.position < len(steps) else None
    stage = placed.stage.key
    operation = f"{stage}/{placed.operation.key}"
    return Turn(
        position=placed.position,
        operation=operation,
        stage=stage,
        begins_stage=before is None or before.stage.key != stage,
        ends_operation=after is None or f"{after.stage.key}/{after.operation.key}" != operation,
        ends_stage=after is None or after.stage.key != stage,
        ends_batch=after is None,
    )


def placed_of(batch: Batch, path: str) -> Placed:
    """Return a step of the pinned document. Raises NotFound."""
    placed = recipe_of(batch).by_path.get(path)
    if placed is None:
        raise NotFound()
    return placed


def facts_of(batch: Batch, placed: Placed, *, at: datetime) -> Facts:
    """Gather what the judgement of a step may know. Reads earlier steps only if it asks."""
    asks = placed.step.kind in ASKING or any(
        not formulas.is_plain(one.formula) for one in placed.step.written()
    )
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
    return [(one.path, one.values, one.closed_at) for one in rows if one.closed_at]


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


def asked_again(batch: UUID) -> list[VoidedSignature]:
    """Return the voided signatures of a batch that nobody has given again."""
    return list(VoidedSignature.objects.filter(stream=batch, renewed_at__isnull=True))
