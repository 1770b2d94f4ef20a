"""The second person of a result."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import note_opened
from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from batches.selectors import batch_of
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from quality import services
from quality.services import results
from quality.services.several import RESULTS
from quality.views.common import BOTH
from quality.views.laboratory import TestWords
from quality.views.signing import Row, Sheet, posted_hash, run
from records.web import command_from


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
        content = RESULTS.content_of(results.result_of(result))
        note_opened(request, RESULTS.key, result, content)
    return run(request, make, sign, None)


def _of_several(request: HttpRequest) -> bool:
    return request.GET.get("from") == "several"


def _result_rows(row: Any) -> list[Row]:
    bad = row.outcome in {"outside", "alert"}
    rows: list[Row] = [
        {"strong": TestWords([row.batch]).value(row),
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
