"""The review page of one batch, and what is done on it without a signature."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import access_of, note_opened
from accounts.permissions import Permission
from batches.models import Batch
from batches.selectors import batch_of
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from quality import services
from quality.enums import Judgement
from quality.forms import Judge, Reason
from quality.models import Dossier
from quality.rules import gates, standing_of
from quality.selectors.record import BatchRecord, record_of
from quality.selectors.trail import Trail, trail_of
from quality.services.several import RECORDS
from quality.views.bar import bar_of
from quality.views.common import READ, language, may, page_reading, refusal_of, status_of
from quality.views.page import Page
from records.web import actor_of, command_from


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def review(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show a batch for review: exceptions first, judged in place; gates at the foot.

    Remembers what its reviewer was shown once nothing holds the review up: several reviews are
    signed together only of that.
    """
    context = page_context(request, batch)
    if request.method == "GET" and may(request, Permission.QUALITY_REVIEW):
        _note_ready(request, context["record"])
    return render(request, "quality/batch.html", context)


def _note_ready(request: HttpRequest, record: BatchRecord) -> None:
    actor = actor_of(request)
    if actor.person and RECORDS.excluded(record, actor.person, name=actor.name) is None:
        note_opened(request, RECORDS.key, record.batch.id, RECORDS.content_of(record))


def page_context(
    request: HttpRequest, batch: UUID, *, opened: str = "", **more: Any
) -> dict[str, Any]:
    """Return the context of the review page. Call it in a reading."""
    record = record_of(batch_of(batch))
    trail = trail_of([batch, *(sample.id for sample in record.samples)])
    may_judge = may(request, Permission.QUALITY_JUDGE)
    page = Page(
        record, trail, language(), opened or request.GET.get("open", ""), may_judge,
        actor_of(request).person,
    )  # fmt: skip
    return {
        "record": record,
        "batch": record.batch,
        "page": page,
        "exceptions": page.exceptions(),
        "seq": len(trail.of(batch)),
        "strip": _strip(request, record, trail),
        "bar": bar_of(request, record, gates(standing_of(record))),
        "dossiers": list(Dossier.objects.filter(stream=batch).order_by("-number")),
        "entries": len(trail.links),
        "record_url": record_url(record.batch),
        "may_judge": may_judge,
        "may_hold": may(request, Permission.QUALITY_HOLD),
        "may_concede": may(request, Permission.QUALITY_CONCEDE),
        "judge_form": Judge(),
        "hold_form": Reason(),
        **more,
    }


def record_url(batch: Batch) -> str:
    """Return the address of the full record on screen, which ``batches`` shows."""
    try:
        return reverse("batches:record", kwargs={"batch": batch.id})
    except NoReverseMatch:
        return f"/batches/{batch.id}/"


def _strip(request: HttpRequest, record: BatchRecord, trail: Trail) -> dict[str, Any]:
    batch, access = record.batch, access_of(request)
    state = batch.get_disposition_display() or batch.get_record_state_display()
    facts: list[dict[str, Any]] = [{"label": _("Record"), "value": state}]
    if batch.quality_hold:
        facts.append({"label": _("Quality hold"), "value": _("set"), "sign": "warning"})
    if access:
        facts.append({"label": _("Jurisdiction"), "value": access.site.get_jurisdiction_display()})
    end = record.disposition
    if end and end.expires_at:
        facts.append({"label": _("Expires"), "at": end.expires_at})
    else:
        facts.append({"label": _("Complete since"), "at": batch.completed_at})
    results = [row.reviewed_at for row in record.results if row.reviewed_at]
    if results:
        facts.append({"label": _("Last result"), "at": max(results)})
    said = {"number": batch.number, "recipe": f"{batch.recipe} {batch.recipe_label}"}
    said["purpose"] = batch.get_purpose_display()
    return {
        "mark": batch.mark,
        "coi": batch.coi,
        "sub": _("Batch %(number)s · %(recipe)s · %(purpose)s") % said,
        "facts": [fact for fact in facts if fact.get("value") or fact.get("at")],
    }


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def coverage(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show the steps that a rule cleared, flagged, or that no rule saw."""
    record = record_of(batch_of(batch))
    seen = request.GET.get("seen", "unchecked")
    page = Page(record, Trail(()), language())
    context = {
        "batch": record.batch,
        "strip": {**_strip(request, record, Trail(())), "facts": []},
        "rows": page.unchecked(seen),
        "coverage": page.coverage(),
        "seen": seen,
    }
    return render(request, "quality/coverage.html", context)


@requires(Permission.QUALITY_JUDGE)
@require_http_methods(["POST"])
def judge(request: HttpRequest, batch: UUID, exception: UUID) -> HttpResponse:
    """Answer an exception in place; a refusal stands beside the button."""
    form = Judge(request.POST)
    valid = form.is_valid()
    refused = refusal_of(lambda: _judge(request, batch, exception, form)) if valid else None
    if form.is_valid() and refused is None:
        return redirect("quality:batch", batch=batch)
    return shown_again(
        request, batch, refused, form, opened=str(exception), judge_form=form, judge_refused=refused
    )


def _judge(request: HttpRequest, batch: UUID, exception: UUID, form: Judge) -> None:
    values = form.cleaned_data
    payload = {"exception": str(exception), **values}
    services.judge_exception(
        command=command_from(request, "exception.judge", payload), batch=batch,
        exception=exception, judgement=Judgement(values["judgement"]), comment=values["comment"],
    )  # fmt: skip


def shown_again(
    request: HttpRequest, batch: UUID, refused: Refusal | None, form: Any, **more: Any
) -> HttpResponse:
    """Show the review page again, with the refusal beside what was refused."""
    with page_reading(request):
        context = page_context(request, batch, **more)
        status = status_of(form, refused)
        return render(request, "quality/batch.html", context, status=status)


@requires(Permission.QUALITY_HOLD)
@require_http_methods(["POST"])
def hold(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Set or lift the quality hold, as the pressed button says."""
    form = Reason(request.POST)
    refused = refusal_of(lambda: _hold(request, batch, form)) if form.is_valid() else None
    if form.is_valid() and refused is None:
        return redirect("quality:batch", batch=batch)
    return shown_again(request, batch, refused, form, hold_form=form, hold_refused=refused)


def _hold(request: HttpRequest, batch: UUID, form: Reason) -> None:
    lifts = request.POST.get("action") == "lift"
    name = "quality-hold.lift" if lifts else "quality-hold.set"
    reason = form.cleaned_data["reason"]
    command = command_from(request, name, {"batch": str(batch), "reason": reason})
    act = services.lift_quality_hold if lifts else services.set_quality_hold
    act(command=command, batch=batch, reason=reason)
