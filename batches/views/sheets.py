"""Sign-on, verification and attestation: each proves a person by badge and PIN."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import access_of
from accounts.permissions import Permission
from accounts.services.at_desk import prove_at_tablet
from accounts.services.ceremony import Proof
from accounts.signing_exceptions import ShownHasChanged
from batches import services
from batches.models import Operation
from batches.pages.seen import Seen, look
from batches.pages.sheets import attest_page, sign_on_page, verify_page
from batches.pages.work import Situation, situation
from batches.views.answer import (
    badge_was_read,
    branch_of,
    draw,
    onward,
    present,
    snapshot,
)
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.web import actor_of, command_from

SIGN = "batches/sign.html"


def _prove(request: HttpRequest, badge: str | None) -> Proof:
    """Prove whose badge it is; without one, the person signed in by PIN alone."""
    given, actor = request.POST.dict(), actor_of(request)
    return prove_at_tablet(given, badge=badge, actor=actor, within=access_of(request))


def _look(request: HttpRequest, batch: UUID) -> Seen:
    with snapshot(request):
        return look(batch, actor_of(request), branch=branch_of(request))


@requires(Permission.BATCHES_PERFORM)
@sensitive_post_parameters("pin")
@require_POST
def sign_on(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Sign a performer on to the due operation: oneself, or a colleague by badge."""
    own = request.POST.get("who") == "me"
    badge = request.POST.get("badge", "")
    operation = request.POST.get("operation", "")
    try:
        proof = _prove(request, None if own else badge)
        payload = {"batch": str(batch), "operation": operation, "performer": str(proof.person)}
        command = command_from(request, "operation.sign_on", payload)
        services.sign_on(command=command, batch=batch, operation=operation, proof=proof)
    except Refusal as refusal:
        return _sign_on_again(request, batch, refusal, own=own, badge="" if own else badge)
    messages.success(request, _("%(name)s performs.") % {"name": proof.printed_name})
    return onward(request, batch)


def _sign_on_again(
    request: HttpRequest, batch: UUID, refusal: Refusal, *, own: bool, badge: str
) -> HttpResponse:
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        if situation(seen, go_on=True) != Situation.SIGN_ON:
            return present(request, batch, refusal=refusal)
        page = sign_on_page(seen, own=own, badge="" if own else badge, refusal=refusal)
        return draw(request, "batches/sign_on.html", page, status=refusal.status)


@requires(Permission.BATCHES_PERFORM)
@sensitive_post_parameters("pin")
@require_POST
def verify(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Verify the due step by a second person's badge and PIN."""
    badge = request.POST.get("badge", "")
    try:
        seen = _look(request, batch)
        if seen.due is None:
            raise ShownHasChanged()
        row, shown = seen.due, request.POST.get("content_hash", "")
        proof = _prove(request, badge)
        payload = {"batch": str(batch), "step": row.ref, "verifier": str(proof.person)}
        command = command_from(request, "step.verify", payload)
        services.verify_step(command=command, batch=batch, step=row.ref, proof=proof, shown=shown)
    except Refusal as refusal:
        return _verify_again(request, batch, refusal, badge=badge)
    said = _("Verified by %(name)s.") % {"name": proof.printed_name}
    messages.success(request, said, extra_tags="right")
    return onward(request, batch)


def _verify_again(
    request: HttpRequest, batch: UUID, refusal: Refusal, *, badge: str
) -> HttpResponse:
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        if not seen.unverified():
            return present(request, batch, refusal=refusal)
        page = verify_page(seen, badge=badge, refusal=refusal)
        return draw(request, SIGN, page, status=refusal.status)


@requires(Permission.BATCHES_PERFORM)
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def attest(request: HttpRequest, batch: UUID, number: int) -> HttpResponse:
    """Show the sheet of one operation; its performer signs."""
    if request.method != "POST":
        return _attest_sheet(request, batch, number)
    badge = request.POST.get("badge", "")
    try:
        seen = _look(request, batch)
        operation = _operation(seen, number)
        shown = request.POST.get("content_hash", "")
        mine = badge_was_read(request) and operation.performer == seen.actor.person
        proof = _prove(request, None if mine else badge)
        payload = {"batch": str(batch), "operation": operation.path}
        command = command_from(request, "operation.attest", payload)
        reply = services.attest_operation(
            command=command, batch=batch, operation=operation.path, proof=proof, shown=shown
        )
    except Refusal as refusal:
        return _attest_sheet(request, batch, number, refusal=refusal, badge=badge)
    done = _("The record is complete.") if reply["completed"] else _("Attested.")
    messages.success(request, done, extra_tags="right")
    return onward(request, batch)


def _operation(seen: Seen, number: int) -> Operation:
    found = next((row for row in seen.operations if row.number == number), None)
    if found is None:
        raise NotFound()
    return found


def _attest_sheet(
    request: HttpRequest,
    batch: UUID,
    number: int,
    *,
    refusal: Refusal | None = None,
    badge: str = "",
) -> HttpResponse:
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        operation = _operation(seen, number)
        if operation not in seen.to_attest:
            return present(request, batch, refusal=refusal)
        page: dict[str, Any] = attest_page(
            seen, operation, own_badge=badge_was_read(request), badge=badge, refusal=refusal
        )
        return draw(request, SIGN, page, status=refusal.status if refusal else 200)
