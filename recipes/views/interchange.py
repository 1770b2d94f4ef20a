"""A version as other systems read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from recipes import selectors
from recipes.interchange import batchml


@requires(Permission.RECIPES_READ)
@require_safe
def batchml_file(request: HttpRequest, version: UUID) -> HttpResponse:
    """Give a version as a BatchML master recipe. Raises NotFound."""
    row = selectors.version_of(version)
    recipe = selectors.document(row.content_hash)
    content = batchml.master_recipe(recipe, version=str(row.number), at=row.imported_at)
    return download(content, f"{row.label}.xml")


def download(content: bytes, name: str) -> HttpResponse:
    """Return a BatchML file to be saved."""
    response = HttpResponse(content, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}"'
    return response
