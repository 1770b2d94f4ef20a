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


def _chosen(asked: str, row: RecipeVersion, others: list[RecipeVersion]) -> RecipeVersion | None:
    if asked:
        found = next((one for one in others if str(one.id) == asked), None)
        if found is None:
            raise NotFound()
        return found
    return compared_with(row, others)


def compared_with(row: RecipeVersion, others: list[RecipeVersion]) -> RecipeVersion | None:
    """Return the version that batches were made from before this one; else the one before it."""
    older = [one for one in others if one.number < row.number]
    used = [one for one in older if one.effective_at is not None]
    return next(iter([*used, *older]), None)
