"""What is different in a version: by meaning, beside the one it is compared with."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from recipes import selectors
from recipes.difference import difference
from recipes.difference.shown import change_groups
from recipes.models import RecipeVersion


@requires(Permission.RECIPES_READ)
@require_safe
def changes(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show what differs from another version of the recipe, by default from the one before."""
    row = selectors.version_of(version)
    others = [one for one in selectors.versions_of(row.code) if one.id != row.id]
    other = _chosen(request.GET.get("from", ""), row, others)
    context = {"version": row, "tab": "changes", "others": others, "other": other}
    if other is not None:
        context |= change_groups(
            selectors.document(other.content_hash), selectors.document(row.content_hash),
            selectors.differences(other.content_hash, row.content_hash),
        )  # fmt: skip
    return render(request, "recipes/changes.html", context)


@requires(Permission.RECIPES_WRITE)
@require_safe
def draft_changes(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show what a draft changes, by default of the version in use: before anybody reviews it."""
    row = selectors.draft_of(draft)
    recipe, others = selectors.recipe_of_draft(row), selectors.versions_of(row.code)
    other = _asked(request.GET.get("from", ""), others) or _in_use(others)
    context = {"draft": row, "others": others, "other": other, "readable": recipe is not None}
    if other is not None and recipe is not None:
        before = selectors.document(other.content_hash)
        context |= change_groups(before, recipe, difference(before, recipe))
    return render(request, "recipes/changes.html", context)


def _chosen(asked: str, row: RecipeVersion, others: list[RecipeVersion]) -> RecipeVersion | None:
    return _asked(asked, others) or compared_with(row, others)


def _asked(asked: str, others: list[RecipeVersion]) -> RecipeVersion | None:
    """Return the version that is asked for, None when none is. Raises NotFound."""
    if not asked:
        return None
    found = next((one for one in others if str(one.id) == asked), None)
    if found is None:
        raise NotFound()
    return found


def compared_with(row: RecipeVersion, others: list[RecipeVersion]) -> RecipeVersion | None:
    """Return the version that batches were made from before this one; else the one before it."""
    return _in_use([one for one in others if one.number < row.number])


def _in_use(versions: list[RecipeVersion]) -> RecipeVersion | None:
    """Return the newest of some versions from which batches were made; else the newest."""
    used = [one for one in versions if one.effective_at is not None]
    return next(iter([*used, *versions]), None)
