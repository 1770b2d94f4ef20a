"""Review, release and rejection: signed by people who did not work on the batch."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from batches.enums import Disposition
from batches.findings import sentence
from batches.selectors import batch_of
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from mes.ui.text import moment_text
from quality import services
from quality.forms import Reason
from quality.rules import gates, standing_of
from quality.selectors.record import BatchRecord, record_of
from quality.services import disposition
from quality.services import review as reviewing
from quality.views.common import (
    BOTH,
    language,
    refusal_of,
)
from quality.views.signing import Row, Sheet, page_of, posted_hash, run
from recipes.enums import ReleaseStage
from records.web import command_from


def _open_words(record: BatchRecord) -> list[Row]:
    """Return what is open, so that nobody signs without having seen it."""
    return [
        {"icon": "warning", "strong": gate.title, "text": gate.detail}
        for gate in gates(standing_of(record))
        if gate.state == "open" and gate.key != "review"
    ]


def _record_rows(record: BatchRecord) -> list[Row]:
    exceptions, changed = len(record.exceptions), sum(1 for r in record.results if r.corrects)
    judged = _("each with its judgement") if exceptions else _("nothing was out of order")
    rows = [
        {"strong": ngettext("%(n)s step", "%(n)s steps", len(record.steps)) % {
            "n": len(record.steps)}, "text": _("as recorded, with who performed and verified")},
        {"strong": ngettext("%(n)s exception", "%(n)s exceptions", exceptions) % {
            "n": exceptions}, "text": judged,
         "icon": "warning" if exceptions else "tick"},
    ]  # fmt: skip
    for one in record.concessions:
        said = sentence(one.code, one.params)
        text = f"{one.get_state_display()}: {said}"
        rows.append({"icon": "warning", "strong": _("Concession"), "text": text})
    if changed:
        rows.append({"icon": "warning", "strong": str(changed), "text": _("corrected results")})
    return rows


@requires(Permission.QUALITY_REVIEW)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def sign_review(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Sign the review of a batch record."""

    def make() -> Sheet:
        record = record_of(batch_of(batch))
        return Sheet(
            title=_("Sign the review of %(batch)s") % {"batch": record.batch.number},
            meaning=reviewing.REVIEWED, action=_("Sign review"), content=record.content_hash,
            back=page_of(batch), batch=record.batch,
            rows=[*_record_rows(record), *_open_words(record)],
            note=_("The record stays in review; nothing is lost."),
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        shown = posted_hash(request)
        command = command_from(request, "batch.review", {"batch": str(batch), "content": shown})
        return services.sign_review(command=command, batch=batch, content_hash=shown, proof=proof)

    return run(request, make, sign, None)


def _disposition_rows(record: BatchRecord) -> list[Row]:
    containers = [row.label for row in disposition.product_of(record.batch.id)]
    later = [
        one.item.title.say(language())
        for one in record.criteria_for(ReleaseStage.AFTER_RELEASE)
        if one.standing != "passed"
    ]
    review = record.review
    rows: list[Row] = [
        {"strong": _("Review"), "text": f"{review.by_name} · {review.content_hash[:12]}"}
    ] if review else []  # fmt: skip
    rows.append({"icon": "scan", "strong": _("Product"), "text": ", ".join(containers) or "–"})
    if later:
        rows.append({"icon": "clock", "strong": _("Results to come"), "text": ", ".join(later)})
    return [*rows, *_record_rows(record)]


def _expiry_rows(record: BatchRecord) -> list[Row]:
    """Say until when the product keeps: a release certifies it, a rejection does not."""
    if record.recipe.shelf_life is None:
        return []
    at = disposition.expiry_of(record)
    if at is None:
        said = _("not known: the step from which it counts was not done")
        return [{"icon": "warning", "strong": _("Expires"), "text": said}]
    return [{"icon": "clock", "strong": _("Expires"), "text": moment_text(at)}]


def _expired_words(record: BatchRecord) -> str:
    """Say what keeps an expired product from being certified, and what to do; else nothing."""
    refused = refusal_of(lambda: disposition.check_keeps(record, at=clock.now()))
    return f"{refused} {refused.way_out_text}" if refused else ""


@requires(Permission.QUALITY_RELEASE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def release(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Certify and release a batch."""

    def make() -> Sheet:
        record = record_of(batch_of(batch))
        return Sheet(
            title=_("Certify and release %(batch)s") % {"batch": record.batch.number},
            meaning=disposition.RELEASED, action=_("Certify and release"), back=page_of(batch),
            content=disposition.content_hash_of(record, Disposition.RELEASED),
            batch=record.batch,
            rows=[*_disposition_rows(record), *_expiry_rows(record), *_open_words(record)],
            note=_("The batch stays where it is."), blocked=_expired_words(record),
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        shown = posted_hash(request)
        command = command_from(request, "batch.release", {"batch": str(batch), "content": shown})
        return services.release_batch(command=command, batch=batch, content_hash=shown, proof=proof)

    return run(request, make, sign, None)


@requires(Permission.QUALITY_RELEASE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def reject(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Reject a batch, with a reason."""
    form = Reason(request.POST or None)

    def make() -> Sheet:
        record = record_of(batch_of(batch))
        return Sheet(
            title=_("Reject %(batch)s") % {"batch": record.batch.number},
            meaning=disposition.REJECTED, action=_("Reject the batch"), back=page_of(batch),
            content=disposition.content_hash_of(record, Disposition.REJECTED), form=form,
            batch=record.batch, rows=[*_disposition_rows(record), *_open_words(record)],
            note=_("The batch stays where it is."), plain=True,
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        shown, reason = posted_hash(request), form.cleaned_data["reason"]
        payload = {"batch": str(batch), "content": shown, "reason": reason}
        return services.reject_batch(
            command=command_from(request, "batch.reject", payload), batch=batch,
            content_hash=shown, reason=reason, proof=proof,
        )  # fmt: skip

    return run(request, make, sign, form)


@requires(Permission.QUALITY_RELEASE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def certify_later(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Sign the second stage of a two-stage release."""

    def make() -> Sheet:
        record = record_of(batch_of(batch))
        rows = [
            {"strong": one.item.title.say(language()), "text": _value(one.result)}
            for one in record.criteria_for(ReleaseStage.AFTER_RELEASE)
        ]
        return Sheet(
            title=_("Certify the later results of %(batch)s") % {"batch": record.batch.number},
            meaning=disposition.CERTIFIED, action=_("Certify later results"), back=page_of(batch),
            content=content_hash(disposition.later_content(record)), batch=record.batch, rows=rows,
            note=_("The results stay pending."),
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        shown = posted_hash(request)
        payload = {"batch": str(batch), "content": shown}
        command = command_from(request, "batch.certify-later", payload)
        return services.certify_later_results(
            command=command, batch=batch, proof=proof, shown=shown
        )

    return run(request, make, sign, None)


def _value(result: Any) -> str:
    return f"{result.value} {result.unit}".strip() if result else "–"
