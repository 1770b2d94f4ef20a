"""Beside the step: look back, report, call, hold, ask QA, print the label that is due."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from batches import services
from batches.enums import ProcessState
from batches.exceptions import RefusedNothing
from batches.models import RefusedAttempt
from batches.pages.bodies import body_of
from batches.pages.refused import TITLES
from batches.pages.seen import Seen, look
from batches.pages.showing import Showing
from batches.pages.talk import call_page, report_page, steps_page, whom
from batches.pages.work import frame
from batches.views.answer import branch_of, draw, may, onward, snapshot
from mes.lib.access import requires
from mes.lib.evidence import JSON
from mes.lib.isbt128 import coi
from mes.lib.refusals import NotFound, Refusal
from mes.lib.symbols import data_matrix
from mes.lib.symbols import draw as draw_symbol
from records.web import actor_of, command_from

# Interlocks of the judgement itself: they leave no refused attempt behind.
OF_THE_JUDGEMENT = {"gate.closed", "timer.too_early"}


@requires(Permission.BATCHES_READ)
@require_safe
def steps(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show what was done so far, read-only."""
    seen = look(batch, actor_of(request), branch=branch_of(request))
    page = steps_page(seen, operation=request.GET.get("operation", ""))
    return draw(request, "batches/steps.html", page)


@requires(Permission.BATCHES_READ)
@require_safe
def call(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show whom to call, with what to say."""
    seen = look(batch, actor_of(request), branch=branch_of(request))
    page = call_page(seen) | {"may_hold": may(request, Permission.BATCHES_HOLD)}
    return draw(request, "batches/call.html", page)


@requires(Permission.BATCHES_PERFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Something happened: record now, structure later."""
    text, step = request.POST.get("text", ""), request.POST.get("step", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            said = _report(request, batch, step=step, text=text)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, said, extra_tags="right")
            return onward(request, batch)
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        page = report_page(seen, text=text, step=step, refusal=refusal)
        page |= {"may_hold": may(request, Permission.BATCHES_HOLD)}
        return draw(request, "batches/report.html", page, status=_status(refusal))


def _report(request: HttpRequest, batch: UUID, *, step: str, text: str) -> str:
    """Record what happened, or call what the recipe has for it; return what is said then."""
    contingency = request.POST.get("contingency", "")
    payload: dict[str, JSON] = {"batch": str(batch), "step": step, "text": text}
    if not contingency:
        command = command_from(request, "batch.report", payload)
        services.report(command=command, batch=batch, step=step, text=text)
        return _("Recorded; QA will judge it.")
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        at = seen.due.ref if seen.due else step
    payload |= {"step": at, "contingency": contingency}
    command = command_from(request, "contingency.call", payload)
    services.call_contingency(
        command=command, batch=batch, contingency=contingency, step=at, reason=text
    )
    return _("Its steps come first now; then the work goes on where it was.")


def _status(refusal: Refusal | None) -> int:
    return refusal.status if refusal else 200


@requires(Permission.BATCHES_HOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Bring the process into its safe state, or restart it: the shift lead's command."""
    reason, wanted = request.POST.get("reason", ""), request.POST.get("act", "")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _hold(request, batch, wanted=wanted, reason=reason)
        except Refusal as refused:
            refusal = refused
        else:
            return onward(request, batch)
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        page = {**frame(seen), "reason": reason, "refused": refusal,
                "held": seen.batch.process_state == ProcessState.HELD}  # fmt: skip
        return draw(request, "batches/hold.html", page, status=_status(refusal))


def _hold(request: HttpRequest, batch: UUID, *, wanted: str, reason: str) -> None:
    payload: dict[str, JSON] = {"batch": str(batch), "reason": reason}
    if wanted == "restart":
        command = command_from(request, "process.restart", payload)
        services.restart_process(command=command, batch=batch, reason=reason)
        messages.success(request, _("The process goes on."))
    else:
        command = command_from(request, "process.hold", payload)
        services.hold_process(command=command, batch=batch, reason=reason)
        messages.warning(request, _("The process is held. Hold times run on."))


@requires(Permission.BATCHES_PERFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Ask QA to let the due step pass the conditional interlock that refused it."""
    code, reason = request.GET.get("code", ""), request.POST.get("reason", "")
    refusal: Refusal | None = None
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        params = _refused(seen, code)
    if request.method == "POST" and seen.due is not None:
        try:
            _ask(request, seen, code=code, params=params, reason=reason)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("QA is asked. The step waits for the answer."))
            return onward(request, batch)
    with snapshot(request):
        page = _ask_page(
            look(batch, actor_of(request), branch=branch_of(request)), code, params, reason, refusal
        )
        return draw(request, "batches/ask.html", page, status=_status(refusal))


def _refused(seen: Seen, code: str) -> dict[str, Any]:
    """Return the parameters of the newest refusal of this code at the due step."""
    path = seen.due.ref if seen.due else ""
    rows = RefusedAttempt.objects.filter(stream=seen.batch.id, step=path, code=code)
    last = rows.order_by("-at").first()
    if last is not None:
        return dict(last.params)
    if code in OF_THE_JUDGEMENT:
        return {"step": path}
    raise RefusedNothing()


def _ask(
    request: HttpRequest, seen: Seen, *, code: str, params: dict[str, Any], reason: str
) -> None:
    if seen.due is None:
        raise RefusedNothing()
    batch, step = seen.batch.id, seen.due.ref
    payload: dict[str, JSON] = {"batch": str(batch), "step": step, "code": code, "reason": reason}
    command = command_from(request, "concession.ask", payload)
    services.ask_concession(
        command=command, batch=batch, step=step, code=code, params=params, reason=reason
    )


def _ask_page(
    seen: Seen, code: str, params: dict[str, Any], reason: str, refusal: Refusal | None
) -> dict[str, Any]:
    known = Refusal.revive(code=code, params=params, field=None)
    try:
        sentence = str(known)
    except (KeyError, ValueError):  # too early, closed: its figures are on the step
        sentence = str(TITLES.get(code, ""))
    people = whom(seen.batch.site, at=seen.now, only=Permission.QUALITY_CONCEDE)
    return {**frame(seen), "code": code, "sentence": sentence, "reason": reason,
            "refused": refusal, "title": TITLES.get(code, ""), "people": people}  # fmt: skip


@requires(Permission.BATCHES_PERFORM)
@require_safe
def label(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show the label of the due step for the printer."""
    seen = look(batch, actor_of(request), branch=branch_of(request))
    due = body_of(Showing(seen, seen.placed)).get("label") if seen.placed else None
    if due is None:
        raise NotFound()
    identity = coi(seen.batch.coi)
    page = {
        **frame(seen),
        "label": due,
        "labels": [(code, draw_symbol(data_matrix(code), label=code)) for code in due["codes"]],
        "identity": draw_symbol(data_matrix(identity.scanned_as), label=identity.code),
    }
    return draw(request, "batches/label.html", page)
