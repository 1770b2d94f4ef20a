"""What the engine looks at: the due step, its document, the facts of its judgement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from batches.enums import ConcessionState, OperationState, RedlineState, StepState
from batches.models import (
    Batch,
    BatchResult,
    Concession,
    Operation,
    PaperPack,
    Redline,
    Step,
    VoidedSignature,
)
from materials.selectors import scanned_text
from mes.lib.refusals import NotFound
from recipes import flow, formulas, paths
from recipes.document import Placed, Recipe
from recipes.enums import Outcome
from recipes.judging import Facts, Result
from recipes.kinds.sample import Step as SampleStep
from recipes.remaining import Begun
from recipes.selectors import document
from records.commands import Actor
from records.reading import glance, the_one

# Kinds that are judged by what was before, whatever their formulas say.
ASKING = {"timer", "calculate", "gate"}


def batch_of(batch: UUID) -> Batch:
    """Return a batch of this site. Raises NotFound, for another site's as well."""
    return the_one(Batch.objects.filter(id=batch))


def step_of(batch: UUID, ref: str) -> Step:
    """Return a step row of a batch by its ref. Raises NotFound."""
    path, iteration = paths.split(ref)
    return the_one(Step.objects.filter(stream=batch, path=path, iteration=iteration))


def due_steps(batch: UUID) -> list[Step]:
    """Return the steps that are due, in the order of the recipe: several in parallel branches."""
    return list(Step.objects.live().filter(stream=batch, waits_for=""))


def due_step(batch: Batch) -> Step | None:
    """Return the first step that is due, None when all are closed."""
    return next(iter(due_steps(batch.id)), None)


def reached_at(row: Step, *, by: datetime) -> datetime | None:
    """Return since when a step could be done, as seen from a time: at the latest then."""
    if row.due_since is None or row.due_since <= by:
        return row.due_since
    return before(row)


def before(row: Step) -> datetime | None:
    """Return the own time of what had to be done before a step: on paper, else when performed.

    That is what was done in its operation, and whatever made it due. None for the first of all.
    """
    made_due = Q(closed_at=row.due_since) | Q(paper_at=row.due_since)
    rows = Step.objects.filter(stream=row.stream, performed_at__isnull=False).exclude(id=row.id)
    rows = rows.filter(Q(operation=row.operation) | made_due)
    found: datetime | None = rows.aggregate(at=Max(Coalesce("paper_at", "performed_at")))["at"]
    return found


def pack_of(batch: UUID, number: int) -> PaperPack:
    """Return a paper pack of a batch. Raises NotFound, for another batch's as well."""
    return the_one(PaperPack.objects.filter(stream=batch, number=number))


def packs_of(batch: UUID) -> list[PaperPack]:
    """Return the paper packs of a batch, the newest first."""
    return list(PaperPack.objects.filter(stream=batch).order_by("-number"))


def operation_of(batch: UUID, path: str) -> Operation:
    """Return an operation row of a batch. Raises NotFound."""
    return the_one(Operation.objects.filter(stream=batch, path=path))


def recipe_of(batch: Batch) -> Recipe:
    """Return the document that the batch has pinned."""
    return document(batch.recipe_hash)


def pinned_recipe(batch: UUID, actor: Actor) -> Recipe:
    """Return the document that a batch has pinned, from outside an act.

    Asked each time: a redline gives a batch another one. Raises NotFound.
    """
    rows = Batch.objects.filter(id=batch).values_list("recipe_hash")
    found = glance(rows, site=actor.site, person=actor.person)
    if found is None:
        raise NotFound()
    return document(found[0])


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


def placed_of(batch: Batch, ref: str) -> Placed:
    """Return a step of the pinned document by its ref. Raises NotFound."""
    placed = recipe_of(batch).placed(ref)
    if placed is None:
        raise NotFound()
    return placed


@dataclass(frozen=True, slots=True)
class Done:
    """A closed step: its ref, the values that stand, when it was over, and when it was recorded."""

    ref: str
    values: Mapping[str, str]
    at: datetime
    recorded_at: datetime | None = None


def done_steps(batch: UUID, *, by: datetime) -> list[Done]:
    """Return the closed steps of a batch in the order in which they were closed, as seen from a
    time: what was verified on screen only after it counts from its performance.
    """
    rows = Step.objects.filter(stream=batch, state=StepState.CLOSED, closed_at__isnull=False)
    return [
        Done(row.ref, row.values, at if at <= by else row.performed_at or at, row.performed_at)
        for row in rows.order_by(Coalesce("paper_at", "closed_at"), "position", "iteration")
        if (at := row.done_at)
    ]


def facts_of(batch: Batch, placed: Placed, *, at: datetime, row: Step | None = None) -> Facts:
    """Gather what the judgement of a step may know. Reads earlier steps only if it asks.

    ``row`` says which time of a repeated step it is, and since when it is due.
    """
    asks = placed.step.kind in ASKING or any(
        not formulas.is_plain(one.formula) for one in placed.step.written()
    )
    known = known_of(batch.id, by=at) if asks else Known()
    return facts_at(
        batch, known, Point(placed.path, row.iteration if row else 1), at=at,
        started_at=(reached_at(row, by=at) if row else None) or batch.due_since,
        approved=row is not None and row.approved_at is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch has found out: closed steps in their order, and results.

    ``results`` is the newest of each test, ``samples`` the sample that it is of.
    """

    done: Sequence[Done] = ()
    results: Mapping[str, Result] = field(default_factory=dict)
    samples: Mapping[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """One time of one step, from which names are read."""

    path: str
    iteration: int


def known_of(batch: UUID, *, by: datetime) -> Known:
    """Read what a batch has found out, as seen from a time: two queries."""
    rows = list(BatchResult.objects.filter(stream=batch))
    return Known(
        done=done_steps(batch, by=by),
        results={row.test: Result(row.value, Outcome(row.outcome)) for row in rows},
        samples={row.test: row.sample for row in rows},
    )  # fmt: skip


def facts_at(
    batch: Batch,
    known: Known,
    point: Point,
    *,
    at: datetime,
    started_at: datetime | None = None,
    approved: bool = False,
) -> Facts:
    """Return what may be known at one time of a step, of what was done until then."""
    recipe, rounds = recipe_of(batch), {one.ref: one for one in known.done}
    seen = flow.visible(recipe, rounds, path=point.path, iteration=point.iteration)
    return Facts(
        at=at,
        path=point.path,
        started_at=started_at,
        values={path: one.values for path, one in seen.items()},
        closed={path: one.at for path, one in seen.items()},
        results=_standing_results(batch, recipe, known),
        inputs=batch.inputs,
        parameters=recipe.parameter_values,
        approved=approved,
        iteration=point.iteration,
        rounds={ref: one.values for ref, one in rounds.items()},
    )


def sample_id(batch: UUID, label: str) -> UUID:
    """Return the sample's stream: the same for the same label of a batch."""
    return uuid5(batch, f"sample/{label}")


def _standing_results(batch: Batch, recipe: Recipe, known: Known) -> dict[str, Result]:
    """Return the results that a gate, a formula or a condition may go by.

    Where a sample was drawn again, in a loop, the result of the one before says nothing any more.
    """
    if not known.results:
        return {}
    drawn: dict[str, list[UUID]] = {}
    for one in known.done:
        placed = recipe.placed(one.ref)
        tests = placed.step.tests if placed and isinstance(placed.step, SampleStep) else ()
        label = scanned_text(one.values.get("label", ""))
        for test in tests:
            drawn.setdefault(test, []).append(sample_id(batch.id, label))
    return {
        test: result for test, result in known.results.items()
        if known.samples.get(test) not in drawn.get(test, [])[:-1]
    }  # fmt: skip


def names_file(batch: UUID, sha256: str) -> bool:
    """Say whether a step of a batch of this site names a kept file."""
    named = Q(values__file=sha256) | Q(values__log=sha256)
    return Step.objects.filter(named, stream=batch).exists()


def concessions_at(batch: UUID, path: str, *, at: datetime) -> set[str]:
    """Return the codes of the interlocks that QA lets this step pass at that time."""
    rows = Concession.objects.filter(
        stream=batch, step=path, state=ConcessionState.GRANTED, until__gt=at
    )
    return set(rows.values_list("code", flat=True))


def asked_again(batches: Collection[UUID]) -> list[VoidedSignature]:
    """Return the voided signatures of some batches that nobody has given again."""
    return list(VoidedSignature.objects.filter(stream__in=batches, renewed_at__isnull=True))


def begun_of(batch: UUID) -> Begun:
    """Return what of a batch has begun: each operation that was reached, by its path."""
    rows = Step.objects.filter(stream=batch)
    taken_away = Q(state=StepState.SKIPPED, position=0, due_since__isnull=True)
    reached = rows.exclude(taken_away).exclude(state=StepState.WAITING, due_since__isnull=True)
    refs = set(reached.values_list("operation", flat=True))
    operations = Operation.objects.filter(stream=batch)
    begun = operations.exclude(state=OperationState.WAITING, performer__isnull=True)
    refs |= set(begun.values_list("path", flat=True))
    called = operations.exclude(called_from="")
    keys = {paths.split(ref)[0].partition("/")[2] for ref in called.values_list("path", flat=True)}
    return Begun(frozenset(paths.split(ref)[0] for ref in refs), frozenset(keys))


def document_with(batch: Batch, part: str) -> Recipe:
    """Return the document in which a stage, operation or step of a batch stands, by its ref.

    What a redline took away stands in one that it replaced: asked for only then, newest first.
    """
    recipe = recipe_of(batch)
    if recipe.names(part):
        return recipe
    rows = Redline.objects.filter(stream=batch.id, state=RedlineState.APPLIED).order_by("-number")
    replaced = map(document, rows.values_list("before_hash", flat=True))
    return next((one for one in replaced if one.names(part)), recipe)


def redline_of(batch: UUID, redline: UUID) -> Redline:
    """Return a redline of a batch. Raises NotFound, for another batch's as well."""
    return the_one(Redline.objects.filter(stream=batch, id=redline))
