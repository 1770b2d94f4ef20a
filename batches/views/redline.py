"""A redline in the browser: written, shown as what it changes, signed by two."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.access import access_of
from accounts.permissions import Permission
from accounts.services.at_desk import prove_at_desk
from batches.pages.redline import redline_page
from batches.services import redline as acts
from batches.views.answer import snapshot
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from recipes.exceptions import NotCompiled, RecipeNotReadable
from records.web import actor_of, command_from


@requires(Permission.BATCHES_READ)
@require_safe
def redline(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show what is left of a batch to be written otherwise, or the redline that waits.

    ``?draft=`` takes the rest from a draft of the recipe editor.
    """
    page = redline_page(batch, actor_of(request), draft=_draft(request))
    return render(request, "batches/redline.html", page)


def _draft(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["draft"]) if "draft" in request.GET else None
    except ValueError as error:
        raise NotFound() from error


def _seq(request: HttpRequest) -> int:
    text = request.POST.get("seq", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _do(request: HttpRequest, batch: UUID, act: str, do: Callable[[], object]) -> HttpResponse:
    """Do an act and show the page again; a refusal stands beside the button, nothing is lost."""
    try:
        do()
    except NotFound:
        raise
    except Refusal as refusal:
        with snapshot(request):
            text, reason = request.POST.get("text", ""), request.POST.get("reason", "")
            page = redline_page(batch, actor_of(request), text=text, reason=reason)
            page |= {"refused": {act: refusal}, "unread": _unread(refusal)}
            return render(request, "batches/redline.html", page, status=refusal.status)
    return redirect("batches:redline", batch=batch)


def _unread(refusal: Refusal) -> tuple[object, ...]:
    """Return what is wrong with the text, each with its place, and its line if it has one."""
    return refusal.messages if isinstance(refusal, RecipeNotReadable | NotCompiled) else ()


@requires(Permission.BATCHES_REDLINE)
@require_POST
def propose_redline(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Propose another rest of the batch."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    reason = request.POST.get("reason", "")

    def do() -> object:
        said = {"batch": str(batch), "text": text, "reason": reason}
        return acts.propose_redline(
            command=command_from(request, "redline.propose", said), batch=batch,
            seq=_seq(request), source=text.encode(), reason=reason,
        )  # fmt: skip

    return _do(request, batch, "propose", do)


@requires(Permission.BATCHES_READ)
@sensitive_post_parameters("password")
@require_POST
def sign_redline(request: HttpRequest, batch: UUID, redline: UUID) -> HttpResponse:
    """Sign what is shown: for production, or for QA, whose signature applies it."""
    sign = acts.apply_redline if request.POST.get("for") == "quality" else acts.sign_redline
    shown = request.POST.get("content", "")

    def do() -> object:
        proof = prove_at_desk(
            request.POST.dict(), actor=actor_of(request), within=access_of(request)
        )
        said = {"redline": str(redline), "content": shown, "for": request.POST.get("for", "")}
        return sign(
            command=command_from(request, "redline.sign", said), batch=batch, redline=redline,
            seq=_seq(request), proof=proof, shown=shown,
        )  # fmt: skip

    return _do(request, batch, "sign", do)


@requires(Permission.BATCHES_READ)
@require_POST
def end_redline(request: HttpRequest, batch: UUID, redline: UUID) -> HttpResponse:
    """Take the proposal back, or say no to it."""
    reason = request.POST.get("reason", "")
    said = {"redline": str(redline), "reason": reason}

    def do() -> object:
        command = command_from(request, "redline.end", said)
        return acts.end_redline(command=command, batch=batch, redline=redline, reason=reason)

    return _do(request, batch, "end", do)
