"""The comments on a version, and the page on which they are written and answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from accounts.rules import can
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from recipes import places, selectors, words
from recipes.enums import CommentState, VersionStatus
from recipes.forms import Commented, Said
from recipes.models import RecipeComment, RecipeVersion
from recipes.services import reviews
from records.commands import Actor, Command, Reply
from records.reading import reading
from records.web import actor_of, command_from

Threads = dict[str, list[dict[str, Any]]]
SIGNS = {
    CommentState.OPEN: "warning", CommentState.ANSWERED: "to-come", CommentState.RESOLVED: "tick"
}  # fmt: skip


def thread(row: RecipeComment) -> dict[str, Any]:
    """Return a comment with its answers, as pages show it."""
    return {
        "row": row,
        "sign": SIGNS[CommentState(row.state)],
        "word": row.get_state_display(),
        "goes_on": row.state != CommentState.RESOLVED,
        "replies": [{**one, "at": datetime.fromisoformat(one["at"])} for one in row.replies],
    }


def threads_by_path(comments: list[RecipeComment]) -> Threads:
    """Return the comments by the place that they are about."""
    found: Threads = {}
    for one in comments:
        found.setdefault(one.path, []).append(thread(one))
    return found


@requires(Permission.RECIPES_READ)
@require_safe
def comments(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show what was said about a version; ``at`` is the place of a new comment."""
    return _page(request, version, at=request.GET.get("at", "")[:200])


def _page(
    request: HttpRequest, version: UUID, *, at: str = "", refused: Refusal | None = None,
    about: str = "", text: str = "",
) -> HttpResponse:  # fmt: skip
    """Return the page; ``about`` is the comment that ``refused`` is about. Inside ``reading``."""
    row, actor = selectors.version_of(version), actor_of(request)
    recipe = selectors.document(row.content_hash)
    titles = {path: words.say(title) for path, title in places.places_of(recipe).items()}
    found = selectors.comments_of(version)
    context = {
        "version": row,
        "tab": "comments",
        "comments": len(found),
        "threads": [_shown(one, titles, row, actor) for one in _waiting_first(found)],
        "open": row.status == VersionStatus.IN_REVIEW and _talks(actor),
        "form": Commented(
            places=[(path, f"{path} – {title[:80]}") for path, title in titles.items()],
            initial={"path": at, "text": "" if about else text},
        ),
        "refused": refused,
        "about": about,
    }
    status = refused.status if refused else 200
    return render(request, "recipes/comments.html", context, status=status)


def _waiting_first(found: list[RecipeComment]) -> list[RecipeComment]:
    """Return what waits for an answer first, then what was answered, then what is settled."""
    order = list(SIGNS)
    return sorted(found, key=lambda one: order.index(CommentState(one.state)))


def _shown(
    row: RecipeComment, titles: dict[str, str], version: RecipeVersion, actor: Actor
) -> dict[str, Any]:
    wrote = actor.person == version.author or str(actor.person) in version.writers
    return {
        **thread(row),
        "title": titles.get(row.path, "") if row.path else _("The whole recipe"),
        "may_resolve": row.by == actor.person or not wrote,
        "form": Said(auto_id=f"say-{row.id}-%s"),
    }


def _talks(actor: Actor) -> bool:
    return can(actor, Permission.RECIPES_WRITE) or can(actor, Permission.RECIPES_APPROVE)


def _say(
    request: HttpRequest, version: UUID, name: str, do: Callable[[Command, str], Reply],
    *, about: str = "",
) -> HttpResponse:  # fmt: skip
    text, path = request.POST.get("text", ""), request.POST.get("path", "")
    try:
        said = {"version": str(version), "about": about, "path": path, "text": text}
        told = do(command_from(request, name, said), text)
    except NotFound:
        raise
    except Refusal as refusal:
        actor = actor_of(request)
        with reading(site=actor.site, person=actor.person):
            return _page(request, version, at=path, refused=refusal, about=about, text=text)
    page = reverse("recipes:comments", args=[version])
    return redirect(f"{page}#c-{told['comment']}")


@requires(Permission.RECIPES_READ)
@require_POST
def comment(request: HttpRequest, version: UUID) -> HttpResponse:
    """Write a comment at a place."""
    path = request.POST.get("path", "")[:200]
    return _say(
        request, version, "recipe.comment",
        lambda command, text: reviews.comment(
            command=command, version=version, path=path, text=text
        ),
    )  # fmt: skip


@requires(Permission.RECIPES_READ)
@require_http_methods(["POST"])
def reply(request: HttpRequest, version: UUID, comment: UUID) -> HttpResponse:
    """Answer a comment, or resolve it: the button says which."""
    resolves = request.POST.get("act") == "resolve"
    do = reviews.resolve if resolves else reviews.reply_to
    return _say(
        request, version, "recipe.resolve_comment" if resolves else "recipe.reply",
        lambda command, text: do(command=command, version=version, comment=comment, text=text),
        about=str(comment),
    )  # fmt: skip
