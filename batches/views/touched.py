"""A fragment for a version's page: the open batches that keep the version they have."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from batches.pages.touched import touched_page
from mes.lib.access import requires
from recipes.selectors import version_of


@requires(Permission.BATCHES_READ)
@require_safe
def touched(request: HttpRequest, version: UUID) -> HttpResponse:
    """List the open batches of the recipe on other versions. Raises NotFound."""
    return render(request, "batches/touched.html", touched_page(version_of(version)))
