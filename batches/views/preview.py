"""A step of a draft as the operator will see it: drawn for the recipe's editor, never worked."""

from uuid import UUID

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from batches.pages.preview import preview_page
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from recipes.selectors import draft_of, recipe_of_draft
from records.web import actor_of


@requires(Permission.RECIPES_WRITE)
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # it knows no arguments
@require_safe
def preview(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Draw the step at the address ``at`` of a draft. Raises NotFound."""
    recipe = recipe_of_draft(draft_of(draft))
    names = request.GET.get("at", "")[:600].split("/")[1::2]
    page = preview_page(recipe, "/".join(names), actor_of(request), draft=draft) if recipe else None
    if page is None:
        raise NotFound()
    return render(request, "batches/work.html", {**page, "touch": "1.0"})
