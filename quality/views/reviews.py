"""The second person of a result, or of several at once."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import note_opened, opened_in
from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from batches.selectors import batch_of
from mes.lib.access import requires
from mes.lib.evidence import JSON, content_hash
from mes.lib.refusals import NotFound, Refusal
from quality import services
from quality.models import Result
from quality.services import results
from quality.services.several import is_cleared
from quality.views.common import BOTH, page_reading, proof_from, refusal_of, status_of
from quality.views.signing import Row, Sheet, posted_hash, run
from records.web import actor_of, command_from

# What the server remembers as opened.
KIND = "result"
MOST_LISTED = 100


@requires(Permission.QUALITY_REVIEW_RESULT)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def review_result(request: HttpRequest, result: UUID) -> HttpResponse:
    """Review a result that another person entered."""

    def make() -> Sheet:
        row = results.result_of(result)
        done = _("Reviewed by %(name)s.") % {"name": row.reviewed_by_name}
        return Sheet(
            title=_("Review %(test)s of %(sample)s") % {
                "test": row.test, "sample": row.sample.number},
            meaning=results.REVIEWED, action=_("Sign the result"), batch=batch_of(row.batch),
            content=content_hash(results.result_content(row)), rows=_result_rows(row),
            back=reverse("quality:review_results") if _of_several(request)
            else reverse("quality:sample", kwargs={"sample": row.sample_id}),
            note=_("The result does not count until a second person has signed it."),
            blocked=done if row.reviewed_at else "",
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        shown = posted_hash(request)
        payload = {"result": str(result), "content": shown}
        command = command_from(request, "result.review", payload)
        return services.review_result(command=command, result=result, proof=proof, shown=shown)

    if request.method == "GET":
        row = results.result_of(result)
        note_opened(request, KIND, result, content_hash(results.result_content(row)))
    return run(request, make, sign, None)


def _of_several(request: HttpRequest) -> bool:
    return request.GET.get("from") == "several"


@requires(Permission.QUALITY_REVIEW_RESULT)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def review_results(request: HttpRequest) -> HttpResponse:
    """Review several results with one ceremony: those that were opened and that a rule cleared."""
    refused: Refusal | None = None
    if request.method == "POST":
        refused = refusal_of(lambda: _sign_several(request))
        if refused is None:
            return redirect("quality:review_results")
    with page_reading(request):
        rows = [_several_row(row, opened_in(request, KIND)) for row in _to_review(request)]
        context = {
            "ready": [row for row in rows if row["ready"]],
            "others": [row for row in rows if not row["ready"]],
            "meaning": results.REVIEWED, "refused": refused,
        }  # fmt: skip
        status = status_of(None, refused)
        return render(request, "quality/several.html", context, status=status)


def _to_review(request: HttpRequest) -> list[Result]:
    own = actor_of(request).person
    rows = Result.objects.to_review().exclude(entered_by=own or UUID(int=0))
    return list(rows.select_related("sample").order_by("entered_at", "id")[:MOST_LISTED])


def _several_row(row: Result, opened: dict[UUID, str]) -> Row:
    content, cleared = content_hash(results.result_content(row)), is_cleared(row)
    seen = opened.get(row.id)
    state = _("to be opened") if seen is None else _("changed since you opened it")
    if not cleared:
        state = _("no rule has cleared it: on its own sheet")
    url = reverse("quality:review_result", kwargs={"result": row.id}) + "?from=several"
    return {"row": row, "value": f"{row.id}:{content}", "state": state, "url": url,
            "content": content, "ready": cleared and seen == content}  # fmt: skip


def _sign_several(request: HttpRequest) -> None:
    shown = _ticked(request.POST.getlist("result"))
    opened = opened_in(request, KIND)
    proof = proof_from(request, actor_of(request))
    payload: dict[str, JSON] = {"results": {str(one): content for one, content in shown.items()}}
    command = command_from(request, "results.review", payload)
    services.review_results(command=command, shown=shown, opened=opened, proof=proof)


def _ticked(given: list[str]) -> dict[UUID, str]:
    pairs = (text.partition(":") for text in given)
    try:
        return {UUID(record): content for record, _colon, content in pairs}
    except ValueError as error:
        raise NotFound() from error


def _result_rows(row: Any) -> list[Row]:
    bad = row.outcome in {"outside", "alert"}
    rows: list[Row] = [
        {"strong": f"{row.value} {row.unit}".strip(),
         "text": _("typed: %(typed)s") % {"typed": row.typed}},
        {"icon": "warning" if bad else "tick", "strong": row.get_outcome_display(),
         "text": f"{row.rule} {row.rule_version}".strip()},
        {"strong": _("Method"), "text": f"{row.method} {row.equipment}".strip()},
        {"icon": "person", "strong": row.entered_by_name, "text": _("entered it")},
    ]  # fmt: skip
    if row.raw_file:
        url = reverse("quality:raw", kwargs={"result": row.id})
        rows.append({"strong": _("Raw data"), "text": row.raw_file[:12], "url": url})
    if row.correction_reason:
        rows.append({"icon": "warning", "strong": _("Correction"), "text": row.correction_reason})
    return rows
