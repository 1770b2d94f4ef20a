"""A recipe as a picture, of a version and of a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from recipes import selectors, words
from recipes.difference.parts import path_of
from recipes.document import Operation, Recipe, Stage
from recipes.drafting.changes import Address
from recipes.picture import chart_of
from recipes.views.editor import address_url


@requires(Permission.RECIPES_READ)
@require_safe
def picture(request: HttpRequest, version: UUID) -> HttpResponse:
    """Draw a version; each box leads into its document."""
    row = selectors.version_of(version)
    page = reverse("recipes:version", args=[version])
    context = _context(
        selectors.document(row.content_hash), lambda address: f"{page}#{path_of(address)}"
    )
    return render(
        request, "recipes/picture.html", {"version": row, "tab": "picture", **context}
    )  # fmt: skip


@requires(Permission.RECIPES_WRITE)
@require_safe
def draft_picture(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Draw a draft; each box leads into the editor."""
    row = selectors.draft_of(draft)
    recipe = selectors.recipe_of_draft(row)
    context: dict[str, Any] = {"draft": row}
    if recipe is not None:
        context |= _context(recipe, lambda address: address_url(draft, address))
    return render(request, "recipes/picture.html", context)


def _context(recipe: Recipe, link: Callable[[Address], str]) -> dict[str, Any]:
    return {
        "chart": chart_of(recipe, link, words.say),
        "said": list(_said(recipe, link)),
        "name": words.say(recipe.title),
    }


def _said(recipe: Recipe, link: Callable[[Address], str]) -> Iterator[dict[str, Any]]:
    """Yield the stages with their operations in words: the picture for those who do not see it."""
    for stage in recipe.stages:
        address = ("stages", stage.key)
        yield {
            "title": words.say(stage.title),
            "url": link(address),
            "flow": _flow(stage),
            "operations": [
                {
                    "title": words.say(operation.title),
                    "url": link((*address, "operations", operation.key)),
                    "flow": _flow(operation),
                    "steps": len(operation.steps),
                }
                for operation in stage.operations
            ],
        }


def _flow(part: Stage | Operation) -> str:
    """Return when a part begins and how often it is done, where that is not just in turn."""
    said = []
    if part.after is not None:
        names = ", ".join(part.after)
        said.append(_("after %(names)s") % {"names": names} if names else _("at the beginning"))
    if part.when:
        said.append(_("only if %(condition)s") % {"condition": part.when})
    if isinstance(part, Operation) and part.repeat is not None:
        until = {"until": part.repeat.until, "max": part.repeat.max}
        said.append(_("again until %(until)s, at most %(max)s times") % until)
    return "; ".join(said)
