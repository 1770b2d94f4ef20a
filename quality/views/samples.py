"""Samples and their results: received, entered, corrected (reviews are signed: signing.py)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from batches.findings import sentence
from batches.selectors import batch_of, recipe_of
from mes.lib.access import requires
from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound, Refusal
from quality import judging, services
from quality.exceptions import FileTooLarge
from quality.forms import Correct, Enter, Receive, tests_of
from quality.models import Result, Sample
from quality.selectors import queue
from quality.selectors.record import record_of
from quality.selectors.trail import trail_of
from quality.services.results import Typed, result_of
from quality.services.samples import sample_of
from quality.views.common import BOTH, READ, language, may, page_reading, refusal_of, status_of
from quality.views.laboratory import TestWords, value_text
from quality.views.queue import sample_cells, sample_columns
from recipes.criteria import items_of
from recipes.document import Test
from records import files
from records.presenters import sentence as said_of
from records.web import actor_of, command_from

MOST_MEGABYTES = 10
Row = dict[str, Any]


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def index(request: HttpRequest) -> HttpResponse:
    """List the samples that wait for the laboratory, or all of them."""
    every = request.GET.get("state") == "all"
    rows = Sample.objects.order_by("-drawn_at")[:200] if every else queue.samples()[:200]
    words = TestWords(row.batch for row in rows)
    table = {
        "caption": _("Samples"),
        "columns": [{"label": label} for label in sample_columns()],
        "rows": [{"cells": sample_cells(row, words)} for row in rows],
        "empty": _("No sample waits for the laboratory."),
    }
    return render(request, "quality/samples.html", {"table": table, "every": every})


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def sample(request: HttpRequest, sample: UUID) -> HttpResponse:
    """Show one sample: its tests with limits and results, and what happened to it."""
    return render(request, "quality/sample.html", _context(request, sample))


def _context(request: HttpRequest, sample: UUID, **more: Any) -> Row:
    row = sample_of(sample)
    record = record_of(batch_of(row.batch))
    trail = trail_of([sample])
    results = [one for one in record.results if one.sample_id == sample]
    return {
        "sample": row,
        "batch": record.batch,
        "tests": [
            _test(test, results, record, actor_of(request).person)
            for test in tests_of(row, record.recipe)
        ],
        "events": [
            {"at": link.at, "text": said_of(link.envelope), "note": link.envelope["actor"]["name"]}
            for link in reversed(trail.links)
        ],
        "strip": {
            "mark": record.batch.mark, "coi": record.batch.coi,
            "sub": _("Sample %(number)s of batch %(batch)s") % {
                "number": row.number, "batch": row.batch_number},
        },
        "receive_form": Receive(),
        "may_enter": may(request, Permission.QUALITY_ENTER_RESULT),
        "may_review": may(request, Permission.QUALITY_REVIEW_RESULT),
        **more,
    }  # fmt: skip


def _test(test: Test, results: list[Result], record: Any, person: UUID | None) -> Row:
    own = [row for row in results if row.test == test.key]
    criteria = [
        {
            "title": item.title.say(language()),
            "bounds": judging.bounds_of(item, record.facts),
            "accepts": ", ".join(
                option.text.say(language()) for option in test.options if option.key in item.accepts
            ),
        }
        for item in items_of(record.recipe, test.key)
    ]
    standing = [row for row in own if not row.superseded]
    return {
        "key": test.key,
        "title": test.title.say(language()),
        "unit": test.unit or "",
        "criteria": criteria,
        "results": [_result(row, test, person) for row in own],
        "open": not any(not row.interim for row in standing),
    }


def _result(row: Result, test: Test, person: UUID | None) -> Row:
    return {
        "row": row,
        "value": value_text(test, row),
        "own": row.entered_by == person,
        "bad": row.outcome in {"outside", "alert"},
        "said": [sentence(one["code"], one["params"]) for one in row.findings],
    }


@requires(Permission.QUALITY_ENTER_RESULT)
@require_http_methods(["POST"])
def receive(request: HttpRequest, sample: UUID) -> HttpResponse:
    """Take a sample into the laboratory."""
    form, refused = Receive(request.POST), None
    if form.is_valid():
        condition = form.cleaned_data["condition"]
        command = command_from(
            request, "sample.receive", {"sample": str(sample), "condition": condition}
        )
        refused = refusal_of(
            lambda: services.receive_sample(command=command, sample=sample, condition=condition)
        )
        if refused is None:
            return redirect("quality:sample", sample=sample)
    with page_reading(request):
        context = _context(request, sample, receive_form=form, refused=refused)
        status = status_of(form, refused)
        return render(request, "quality/sample.html", context, status=status)


def _test_of(sample: Sample, key: str) -> Test:
    found = recipe_of(batch_of(sample.batch)).test_by_key.get(key)
    if found is None:
        raise NotFound()
    return found


def _typed(request: HttpRequest, test: str, values: Row) -> Typed:
    return Typed(
        test=test, value=values["value"], method=values["method"],
        equipment=values["equipment"], interim=values["interim"],
        raw_file=_kept(values.get("raw")), comma=get_format("DECIMAL_SEPARATOR") == ",",
    )  # fmt: skip


def _payload(typed: Typed) -> dict[str, JSON]:
    """Return what a command is bound to: all that was typed."""
    return {
        "value": typed.value, "method": typed.method, "equipment": typed.equipment,
        "interim": typed.interim, "raw": typed.raw_file, "comma": typed.comma,
    }  # fmt: skip


def _kept(upload: Any) -> str:
    """Keep raw data in the file store, before the act that names them; return the hash."""
    if upload is None:
        return ""
    size = (upload.size or 0) / 1_000_000
    if size > MOST_MEGABYTES:
        raise FileTooLarge(field="raw", size=f"{size:.1f}", most=MOST_MEGABYTES)
    return files.put(upload.read(), media_type="application/octet-stream").sha256


@requires(Permission.QUALITY_ENTER_RESULT)
@require_http_methods(BOTH)
def enter(request: HttpRequest, sample: UUID, test: str) -> HttpResponse:
    """Enter a result of one test of a sample."""

    def send(values: Row) -> object:
        typed = _typed(request, test, values)
        payload = {"sample": str(sample), "test": test, **_payload(typed)}
        command = command_from(request, "result.enter", payload)
        return services.enter_result(command=command, sample=sample, typed=typed)

    with page_reading(request):
        row = sample_of(sample)
        form = Enter(
            request.POST or None, request.FILES or None, test=_test_of(row, test),
            language=language(),
        )  # fmt: skip
    return _form_page(request, row, test, form, send)


def _form_page(
    request: HttpRequest,
    sample: Sample,
    test: str,
    form: Enter,
    send: Callable[[Row], object],
    corrects: Result | None = None,
) -> HttpResponse:
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        refused = refusal_of(lambda: send(form.cleaned_data))
        if refused is None:
            return redirect("quality:sample", sample=sample.id)
        if refused.field in form.fields:
            form.add_error(refused.field, str(refused))
    with page_reading(request):
        context = _context(request, sample.id, form=form, refused=refused, corrects=corrects)
        context["test"] = next(
            (one for one in context["tests"] if one["key"] == test), {"title": test}
        )
        context["back"] = reverse("quality:sample", kwargs={"sample": sample.id})
        status = status_of(form, refused)
        return render(request, "quality/result.html", context, status=status)


@requires(Permission.QUALITY_ENTER_RESULT)
@require_http_methods(BOTH)
def correct(request: HttpRequest, result: UUID) -> HttpResponse:
    """Correct a result: a new one with a reason; the old one stays readable."""

    def send(values: Row) -> object:
        typed = _typed(request, old.test, values)
        payload = {"result": str(result), **_payload(typed), "reason": values["reason"]}
        command = command_from(request, "result.correct", payload)
        return services.correct_result(
            command=command, result=result, typed=typed, reason=values["reason"]
        )

    with page_reading(request):
        old = result_of(result)
        form = Correct(
            request.POST or None, request.FILES or None, test=_test_of(old.sample, old.test),
            language=language(), initial={"method": old.method, "equipment": old.equipment},
        )  # fmt: skip
    return _form_page(request, old.sample, old.test, form, send, corrects=old)


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def raw(request: HttpRequest, result: UUID) -> HttpResponseBase:
    """Give the raw data of a result as a file."""
    row = result_of(result)
    if not row.raw_file:
        raise NotFound()
    path = files.path_of(row.raw_file)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"{row.sample.number}-{row.test}.bin",
        content_type="application/octet-stream",
    )  # fmt: skip
