"""What waits for QA and QC: one query a list, whatever its length."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from batches.enums import ConcessionState, ExceptionState
from batches.models import Batch, BatchException, Concession, Step
from batches.selectors import recipes_of
from quality.enums import DeviationState
from quality.models import Deviation, Disposition, Result, Sample
from recipes.document import Recipe
from recipes.kinds.gate import Step as Gate

MOST = 100


@dataclass(frozen=True, slots=True)
class Queue:
    """The lists of the first page of quality."""

    batches: Sequence[Batch]
    running: Sequence[Batch]
    concessions: Sequence[Concession]
    gates: Sequence[Step]
    samples: Sequence[Sample]
    results: Sequence[Result]
    later: Sequence[Disposition]
    numbers: dict[object, Batch]


def queue() -> Queue:
    """Read all that waits, the oldest first; eight queries, and one where gates wait."""
    concessions = list(
        Concession.objects.filter(state=ConcessionState.ASKED).order_by("asked_at")[:MOST]
    )
    later = list(Disposition.objects.filter(final_at__isnull=True).exclude(pending=[])[:MOST])
    gates = waiting_gates()
    named = {row.stream for row in [*concessions, *later, *gates]}
    return Queue(
        batches=list(_counted(Batch.objects.for_review()).order_by("completed_at")[:MOST]),
        running=list(_counted(_with_open_exceptions()).order_by("number")[:MOST]),
        concessions=concessions,
        gates=gates,
        samples=list(samples()[:MOST]),
        results=list(
            Result.objects.to_review().select_related("sample").order_by("entered_at")[:MOST]
        ),
        later=later,
        numbers={row.id: row for row in Batch.objects.filter(id__in=named)},
    )


def waiting_gates() -> list[Step]:
    """Return the gates that are due and wait for QA's word."""
    due = Step.objects.live().filter(kind="gate", waits_for="", approved_at__isnull=True)
    rows = list(due.order_by("due_since")[:MOST])
    recipes = recipes_of(row.stream for row in rows) if rows else {}
    return [row for row in rows if _asks(recipes[row.stream], row)]


def _asks(recipe: Recipe, row: Step) -> bool:
    placed = recipe.placed(row.ref)
    return placed is not None and isinstance(placed.step, Gate) and placed.step.approval


def _with_open_exceptions() -> QuerySet[Batch]:
    waiting = BatchException.objects.filter(state=ExceptionState.OPEN).values("stream")
    return Batch.objects.executing().filter(id__in=waiting)


def samples() -> QuerySet[Sample]:
    """Return the samples that the laboratory has not finished, with how many results stand."""
    own = Result.objects.standing().filter(sample=OuterRef("id"), interim=False)
    return Sample.objects.awaiting().annotate(found=_count(own)).order_by("drawn_at", "id")


def _count(rows: QuerySet[Result] | QuerySet[BatchException] | QuerySet[Deviation]) -> Coalesce:
    counted = rows.order_by().values(none=F("site")).annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _counted(rows: QuerySet[Batch]) -> QuerySet[Batch]:
    """Add how many exceptions and deviations are open."""
    exceptions = BatchException.objects.filter(stream=OuterRef("id"), state=ExceptionState.OPEN)
    deviations = Deviation.objects.filter(stream=OuterRef("id"), state=DeviationState.OPEN)
    return rows.annotate(open_exceptions=_count(exceptions), open_deviations=_count(deviations))


def rarity(batch: Batch, exceptions: Sequence[BatchException]) -> dict[tuple[str, str], int]:
    """Return in how many other batches the same thing happened at the same step; one query."""
    rows = (
        BatchException.objects.exclude(stream=batch.id)
        .filter(step__in={row.step for row in exceptions})
        .order_by()
        .values("code", "step")
        .annotate(batches=Count("stream", distinct=True))
    )
    return {(row["code"], row["step"]): row["batches"] for row in rows}
