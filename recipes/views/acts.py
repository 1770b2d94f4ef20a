"""The commands of a version's page: each a POST with the version that it was based on."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import access_of
from accounts.permissions import Permission
from accounts.services.at_desk import prove_at_desk
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from recipes.services import reviews, versions
from recipes.views.versions import version_response
from records.commands import Command
from records.reading import reading
from records.web import actor_of, command_from

Act = Callable[[Command, int], object]


def _do(request: HttpRequest, version: UUID, act: str, do: Act) -> HttpResponse:
    """Do an act and show the page again; with its refusal beside the button that was pressed."""
    try:
        command = command_from(request, f"recipe.{act}", {"version": str(version)})
        do(command, _seq(request))
    except NotFound:
        raise
    except Refusal as refusal:
        actor = actor_of(request)
        with reading(site=actor.site, person=actor.person):
            return version_response(request, version, refused=refusal, act=act)
    return redirect("recipes:version", version=version)


def _seq(request: HttpRequest) -> int:
    text = request.POST.get("seq", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@requires(Permission.RECIPES_WRITE)
@require_POST
def submit(request: HttpRequest, version: UUID) -> HttpResponse:
    """Send a draft to review."""
    return _do(
        request, version, "submit",
        lambda command, seq: versions.submit_for_review(
            command=command, version=version, seq=seq
        ),
    )  # fmt: skip


@requires(Permission.RECIPES_APPROVE)
@sensitive_post_parameters("password")
@require_POST
def approve(request: HttpRequest, version: UUID) -> HttpResponse:
    """Sign the approval with user name and password, or a passkey."""

    def do(command: Command, seq: int) -> object:
        proof = prove_at_desk(
            request.POST.dict(), actor=actor_of(request), within=access_of(request)
        )
        return versions.approve(
            command=command, version=version, seq=seq, proof=proof,
            reason=request.POST.get("reason", ""), shown=request.POST.get("shown", ""),
        )  # fmt: skip

    return _do(request, version, "approve", do)


@requires(Permission.RECIPES_APPROVE)
@require_POST
def make_effective(request: HttpRequest, version: UUID) -> HttpResponse:
    """Make an approved version the one that batches are made from."""
    return _do(
        request, version, "make_effective",
        lambda command, seq: versions.make_effective(command=command, version=version, seq=seq),
    )  # fmt: skip


@requires(Permission.RECIPES_APPROVE)
@require_POST
def send_back(request: HttpRequest, version: UUID) -> HttpResponse:
    """Make a version in review a draft again, with a reason."""
    reason = request.POST.get("reason", "")
    return _do(
        request, version, "send_back",
        lambda command, seq: reviews.send_back(
            command=command, version=version, seq=seq, reason=reason
        ),
    )  # fmt: skip


def _end(request: HttpRequest, version: UUID, act: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _do(
        request, version, act,
        lambda command, seq: versions.withdraw(
            command=command, version=version, seq=seq, reason=reason
        ),
    )  # fmt: skip


@requires(Permission.RECIPES_WRITE)
@require_POST
def discard(request: HttpRequest, version: UUID) -> HttpResponse:
    """Withdraw a draft, with a reason."""
    return _end(request, version, "discard")


@requires(Permission.RECIPES_APPROVE)
@require_POST
def withdraw(request: HttpRequest, version: UUID) -> HttpResponse:
    """Withdraw what is in review, approved or effective, with a reason."""
    return _end(request, version, "withdraw")
