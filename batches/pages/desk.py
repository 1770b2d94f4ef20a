"""The list of batches at the desk: a fixed number of queries, however many rows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from batches.enums import Disposition, ProcessState, RecordState
from batches.models import Batch, BatchException, Step
from batches.models.batch import BatchQuery
from batches.pages.seen import language
from batches.selectors import recipe_of

ROWS = 50
FILTERS: Sequence[tuple[str, Promise | str]] = (
    ("", gettext_lazy("All")),
    ("executing", gettext_lazy("Executing")),
    ("review", gettext_lazy("To review")),
    ("released", gettext_lazy("Released")),
)


def _filtered(state: str, words: str) -> BatchQuery:
    rows = Batch.objects.order_by("-issued_at", "-number")
    if state == "executing":
        rows = rows.executing()
    elif state == "review":
        rows = rows.for_review()
    elif state == "released":
        rows = rows.filter(disposition=Disposition.RELEASED)
    for word in words.split():
        rows = rows.filter(number__icontains=word) | rows.filter(coi__icontains=word)
    return rows


def list_page(*, state: str, words: str, number: str) -> dict[str, Any]:
    """Return the list of batches, the newest first, filtered by a chip and a quick search."""
    page = Paginator(_filtered(state, words), ROWS).get_page(number)
    return {
        "chips": [{"key": key, "label": label, "on": key == state} for key, label in FILTERS],
        "state": state,
        "words": words,
        "page": page,
        "table": _table(page),
        "query": f"&state={state}&q={words}",
    }


def _table(page: Page[Batch]) -> dict[str, Any]:
    batches = list(page.object_list)
    steps, open_ones = _due(batches), _open_exceptions(batches)
    columns = [
        {"label": _("Batch"), "css": "id"},
        {"label": _("Patient")},
        {"label": _("Product"), "css": "may-fold"},
        {"label": _("Stage")},
        {"label": _("Step"), "css": "num"},
        {"label": _("Process")},
        {"label": _("Record")},
        {"label": _("To judge"), "css": "num"},
        {"label": _("Since"), "css": "may-fold"},
    ]
    rows = [{"cells": _cells(one, steps.get(one.id), open_ones.get(one.id, 0))} for one in batches]
    empty = _("No batch is in this list. A batch is issued from an order whose cells are here.")
    return {"caption": _("Batches"), "columns": columns, "rows": rows, "empty": empty}


def _cells(batch: Batch, step: Step | None, to_judge: int) -> list[dict[str, Any]]:
    held = batch.process_state == ProcessState.HELD
    stop = {"sign": "warning", "sign_word": _("Held")} if held else {}
    hold = {"sign": "warning", "sign_word": _("Quality hold")} if batch.quality_hold else {}
    done = min(batch.position - 1, batch.steps)
    return [
        {"text": batch.number, "url": reverse("batches:record", args=[batch.id]), "css": "id"},
        {"mark": batch.mark, "coi": batch.coi},
        {"text": f"{batch.recipe} {batch.recipe_label}", "css": "may-fold"},
        {"text": _stage(batch, step)},
        {"text": f"{done} / {batch.steps}", "css": "num"},
        {"text": batch.get_process_state_display(), **stop},
        {"text": _record(batch), **hold},
        {"text": to_judge or "", "css": "num"},
        {"at": since(batch), "css": "may-fold"},
    ]


def _stage(batch: Batch, step: Step | None) -> str:
    if step is None:
        return "–"
    return recipe_of(batch).stage_by_key[step.stage].title.say(language())


def _record(batch: Batch) -> str:
    if batch.record_state == RecordState.DISPOSITIONED:
        return batch.get_disposition_display()
    return batch.get_record_state_display()


def since(batch: Batch) -> Any:
    """Return since when the batch is in the state that the list shows."""
    return batch.dispositioned_at or batch.reviewed_at or batch.completed_at or batch.due_since


def _due(batches: Sequence[Batch]) -> dict[UUID, Step]:
    rows = Step.objects.live().filter(stream__in=[batch.id for batch in batches])
    return {row.stream: row for row in reversed(list(rows))}


def _open_exceptions(batches: Sequence[Batch]) -> dict[UUID, int]:
    rows = BatchException.objects.filter(stream__in=[one.id for one in batches], judged_at=None)
    counted = rows.values_list("stream").annotate(Count("id")).order_by()
    return dict(counted)
