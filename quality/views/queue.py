"""The first page of quality: what waits, the oldest first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from batches.findings import sentence
from batches.models import Batch, Concession, Step
from mes.lib.access import requires
from quality.models import Result, Sample
from quality.selectors.queue import Queue, queue
from quality.views.common import READ, may
from quality.views.laboratory import TestWords
from records.web import actor_of

Cells = list[dict[str, Any]]


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def index(request: HttpRequest) -> HttpResponse:
    """Show what waits for QA and QC."""
    found = queue()
    context = {
        "concessions": _concessions(found, concede=may(request, Permission.QUALITY_CONCEDE)),
        "gates": _gates(found, concede=may(request, Permission.QUALITY_CONCEDE)),
        "batches": _batches(found),
        "running": _running(found),
        "samples": _samples(found),
        "results": _results(
            found,
            review=may(request, Permission.QUALITY_REVIEW_RESULT),
            person=actor_of(request).person,
        ),
        "later": _later(found),
    }
    return render(request, "quality/index.html", context)


def _table(caption: str, columns: list[str], rows: list[Cells], empty: str) -> dict[str, Any]:
    return {
        "caption": caption,
        "columns": [{"label": label} for label in columns],
        "rows": [{"cells": cells} for cells in rows],
        "empty": empty,
        "count": len(rows),
    }


def _url(batch: object) -> str:
    return reverse("quality:batch", kwargs={"batch": batch})


def _batch_cells(row: Batch) -> Cells:
    return [
        {"coi": row.coi, "mark": row.mark},
        {"text": row.number, "url": _url(row.id), "css": "id"},
    ]


def _open(row: Any) -> dict[str, Any]:
    exceptions, deviations = row.open_exceptions, row.open_deviations
    if not exceptions and not deviations:
        return {"text": _("nothing open")}
    said = ngettext("%(n)s to judge", "%(n)s to judge", exceptions) % {"n": exceptions}
    if deviations:
        said += ", " + ngettext("%(n)s deviation", "%(n)s deviations", deviations) % {
            "n": deviations
        }
    return {"text": said, "sign": "warning", "sign_word": _("open")}


def _batches(found: Queue) -> dict[str, Any]:
    rows = [
        [
            *_batch_cells(row),
            {"text": f"{row.recipe} {row.recipe_label}"},
            {"text": row.get_record_state_display()},
            _open(row),
            {"at": row.completed_at},
        ]
        for row in found.batches
    ]
    columns = [_("Patient"), _("Batch"), _("Recipe"), _("Record"), _("Open"), _("Complete since")]
    empty = _("No complete record waits. A batch comes here when its last step is attested.")
    return _table(_("To review and release"), columns, rows, empty)


def _running(found: Queue) -> dict[str, Any]:
    rows = [
        [*_batch_cells(row), {"text": f"{row.recipe} {row.recipe_label}"}, _open(row)]
        for row in found.running
    ]
    columns = [_("Patient"), _("Batch"), _("Recipe"), _("Open")]
    empty = _("No running batch has an exception to judge.")
    return _table(_("Running, with exceptions"), columns, rows, empty)


def _concessions(found: Queue, *, concede: bool) -> dict[str, Any]:
    rows = [
        _concession(row, found.numbers.get(row.stream), concede=concede)
        for row in found.concessions
    ]
    columns = [_("Asked"), _("Batch"), _("Step"), _("Interlock"), _("By")]
    return _table(_("Requests for concessions"), columns, rows, _("Nobody asks for a concession."))


def _gates(found: Queue, *, concede: bool) -> dict[str, Any]:
    rows = [_gate(row, found.numbers.get(row.stream), concede=concede) for row in found.gates]
    columns = [_("Since"), _("Batch"), _("Step")]
    return _table(_("Gates that wait for QA"), columns, rows, _("No gate waits for QA."))


def _gate(row: Step, batch: Batch | None, *, concede: bool) -> Cells:
    one = {"batch": row.stream, "gate": row.id}
    url = reverse("quality:approve_gate", kwargs=one) if concede else _url(row.stream)
    return [
        {"at": row.due_since, "sign": "warning", "sign_word": _("waits")},
        {"text": batch.number if batch else "–", "url": url, "css": "id"},
        {"text": row.ref, "css": "id"},
    ]


def _concession(row: Concession, batch: Batch | None, *, concede: bool) -> Cells:
    one = {"batch": row.stream, "concession": row.id}
    url = reverse("quality:concession", kwargs=one) if concede else _url(row.stream)
    return [
        {"at": row.asked_at, "sign": "warning", "sign_word": _("waits")},
        {"text": batch.number if batch else "–", "url": url, "css": "id"},
        {"text": row.step, "css": "id"},
        {"text": sentence(row.code, row.params)},
        {"text": row.asked_by_name},
    ]


def sample_cells(row: Sample, words: TestWords) -> Cells:
    """Return a sample as the lists show it."""
    url = reverse("quality:sample", kwargs={"sample": row.id})
    found = getattr(row, "found", 0)
    return [
        {"text": row.number, "url": url, "css": "id"},
        {"text": row.batch_number, "url": _url(row.batch), "css": "id"},
        {"text": words.titles(row.batch, row.tests)},
        {"text": row.get_state_display()},
        {"text": f"{found} / {len(row.tests)}", "css": "num"},
        {"at": row.drawn_at},
    ]


def sample_columns() -> list[str]:
    """Return the headings of a list of samples."""
    return [_("Sample"), _("Batch"), _("Tests"), _("State"), _("Results"), _("Drawn")]


def _samples(found: Queue) -> dict[str, Any]:
    words = TestWords(row.batch for row in found.samples)
    rows = [sample_cells(row, words) for row in found.samples]
    empty = _("No sample waits for the laboratory.")
    return _table(_("Samples awaiting results"), sample_columns(), rows, empty)


def _result(row: Result, words: TestWords, *, review: bool) -> Cells:
    sample = reverse("quality:sample", kwargs={"sample": row.sample_id})
    url = reverse("quality:review_result", kwargs={"result": row.id}) if review else sample
    bad = row.outcome == "outside"
    return [
        {"text": words.title(row.batch, row.test), "url": url},
        {"text": row.sample.number, "css": "id"},
        {"text": row.sample.batch_number, "url": _url(row.batch), "css": "id"},
        {"text": words.value(row), "css": "num"},
        {"text": row.get_outcome_display(), **({"sign": "warning"} if bad else {})},
        {"text": row.entered_by_name},
        {"at": row.entered_at},
    ]


def _results(found: Queue, *, review: bool, person: object) -> dict[str, Any]:
    """Nobody reviews their own result: such a line leads to the sample only."""
    columns = [
        _("Test"), _("Sample"), _("Batch"), _("Result"), _("Judgement"), _("Analyst"), _("Entered"),
    ]  # fmt: skip
    words = TestWords(row.batch for row in found.results)
    rows = [
        _result(row, words, review=review and row.entered_by != person) for row in found.results
    ]
    return _table(_("Results to review"), columns, rows, _("Every result has been reviewed."))


def _later(found: Queue) -> dict[str, Any]:
    rows = []
    words = TestWords(row.stream for row in found.later)
    for row in found.later:
        batch = found.numbers.get(row.stream)
        if batch:
            pending = {"text": words.titles(row.stream, row.pending)}
            rows.append([*_batch_cells(batch), pending, {"at": row.at}])
    columns = [_("Patient"), _("Batch"), _("Pending"), _("Released")]
    empty = _("No released batch waits for later results.")
    return _table(_("Later results"), columns, rows, empty)
