"""The page of dead letters: what the outbox could not deliver, and an answer to each."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records import letters
from records.commands import Actor
from records.reading import reading
from records.web import actor_of, command_from

ANSWERS = {"again": letters.try_again, "aside": letters.set_aside}
MOST = 100


@requires(Permission.RECORDS_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def dead_letters(request: HttpRequest) -> HttpResponse:
    """List the dead letters of the site; try one again or set it aside: the button names it."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _answer(request)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("letters")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        found = list(letters.dead_letters(actor.site)[: MOST + 1])
        context = {
            "letters": found[:MOST],
            "more": len(found) > MOST,
            "refused": refused,
            "refused_at": request.POST.get("message", ""),
        }
        status = refused.status if refused else 200
        return render(request, "records/letters.html", context, status=status)


def _answer(request: HttpRequest) -> None:
    answer = ANSWERS.get(request.POST.get("answer", ""))
    try:
        message = UUID(request.POST.get("message", ""))
    except ValueError as error:
        raise NotFound() from error
    if answer is None:
        raise NotFound()
    reason = request.POST.get("reason", "")[: letters.LONGEST]
    command = command_from(request, "message.answer", {"message": str(message), "reason": reason})
    answer(command=command, message=message, reason=reason, check=_check)


def _check(actor: Actor) -> None:
    check_permission(actor, Permission.RECORDS_OPERATE)
