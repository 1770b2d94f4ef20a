"""Deviations and concessions: closed and granted with a signature."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from batches.findings import sentence
from batches.models import Batch
from batches.selectors import batch_of, recipe_of
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from mes.lib.refusals import Refusal
from quality import services
from quality.forms import Conclusion, Grant, Reason
from quality.services import concessions, deviations
from quality.views.common import (
    BOTH,
    language,
    page_reading,
    refusal_of,
)
from quality.views.signing import Sheet, page_of, posted_hash, run, shown
from records.web import command_from


@requires(Permission.QUALITY_JUDGE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def close_deviation(request: HttpRequest, batch: UUID, deviation: UUID) -> HttpResponse:
    """Show a deviation; close it with a conclusion and a signature."""
    form = Conclusion(request.POST or None)

    def make() -> Sheet:
        row = deviations.deviation_of(batch, deviation)
        closed = _("Closed by %(name)s: %(text)s") % {
            "name": row.closed_by_name, "text": row.conclusion,
        } if row.closed_at else ""  # fmt: skip
        return Sheet(
            title=_("Close deviation %(number)s") % {"number": row.number},
            meaning=deviations.CLOSED, action=_("Close deviation"), back=page_of(batch), form=form,
            content=content_hash(deviations.deviation_content(row, "")), batch=batch_of(batch),
            rows=[
                {"icon": "warning", "strong": row.number, "text": row.description},
                {"icon": "person", "strong": _("Opened by"), "text": row.opened_by_name},
            ],
            note=_("The deviation stays open."), blocked=closed,
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        text = form.cleaned_data["conclusion"]
        read = posted_hash(request)
        payload = {"deviation": str(deviation), "conclusion": text, "content": read}
        return services.close_deviation(
            command=command_from(request, "deviation.close", payload), batch=batch,
            deviation=deviation, conclusion=text, proof=proof, shown=read,
        )  # fmt: skip

    return run(request, make, sign, form)


@requires(Permission.QUALITY_CONCEDE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def grant_concession(request: HttpRequest, batch: UUID, concession: UUID) -> HttpResponse:
    """Show a request for a concession; grant it with both components."""
    form = Grant(request.POST or None, initial={"until": _in_four_hours()})
    return run(request, lambda: _grant_sheet(batch, concession, form),
                 lambda proof: _grant(request, batch, concession, form, proof), form)  # fmt: skip


def _in_four_hours() -> datetime:
    return clock.now() + timedelta(hours=4)


def _step_words(batch: Batch, path: str) -> str:
    placed = recipe_of(batch).placed(path)
    return placed.step.text.say(language()) if placed else _("Step")


def _grant_sheet(
    batch: UUID, concession: UUID, form: Grant, refused: Refusal | None = None
) -> Sheet:
    row = concessions.concession_of(batch, concession)
    answered = f"{row.get_state_display()}: {row.answered_by_name}" if row.answered_at else ""
    return Sheet(
        title=_("Concession for one step"), meaning=concessions.GRANTED,
        action=_("Grant concession"), back=page_of(batch), form=form, batch=batch_of(batch),
        content=content_hash(concessions.request_content(row)), blocked=answered,
        rows=[
            {"icon": "warning", "strong": sentence(row.code, row.params), "text": ""},
            {"icon": "next", "strong": _step_words(batch_of(batch), row.step), "text": row.step},
            {"icon": "person", "strong": row.asked_by_name, "text": f"“{row.asked_reason}”"},
            {"icon": "warning", "strong": _("A deviation is opened"),
             "text": _("and it stands on the release page.")},
        ],
        note=_("The step stays refused; the operator waits."),
        extra={
            "decline_url": reverse(
                "quality:decline", kwargs={"batch": batch, "concession": concession}
            ) if not answered else "",
            "decline_form": Reason(), "decline_refused": refused,
        },
    )  # fmt: skip


def _grant(
    request: HttpRequest, batch: UUID, concession: UUID, form: Grant, proof: Proof
) -> object:
    values = form.cleaned_data
    payload = {"concession": str(concession), "reason": values["reason"], "risk": values["risk"],
               "until": values["until"].isoformat(),
               "content": posted_hash(request)}  # fmt: skip
    return services.grant_concession(
        command=command_from(request, "concession.grant", payload), batch=batch,
        concession=concession, until=values["until"], reason=values["reason"],
        risk=values["risk"], proof=proof, shown=posted_hash(request),
    )  # fmt: skip


@requires(Permission.QUALITY_CONCEDE)
@require_http_methods(["POST"])
def decline(request: HttpRequest, batch: UUID, concession: UUID) -> HttpResponse:
    """Decline a concession, with a reason."""
    form, refused = Reason(request.POST), None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        command = command_from(
            request, "concession.decline", {"concession": str(concession), "reason": reason}
        )
        refused = refusal_of(
            lambda: services.decline_concession(
                command=command, batch=batch, concession=concession, reason=reason
            )
        )
        if refused is None:
            return redirect(page_of(batch))
    with page_reading(request):
        grant = Grant(initial={"until": _in_four_hours()})
        return shown(request, _grant_sheet(batch, concession, grant, refused))
