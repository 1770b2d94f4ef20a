"""A version as other systems read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import access_of
from accounts.permissions import Permission
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from recipes import selectors
from recipes.interchange import batchml
from recipes.services.packages import package_of


@requires(Permission.RECIPES_WRITE)
@require_safe
def package_file(request: HttpRequest, version: UUID) -> HttpResponse:
    """Give a version as a signed package for another site. Raises NotFound, PictureGone."""
    row = selectors.version_of(version)
    access = access_of(request)
    if access is None:
        raise NotFound()
    content = package_of(row, site=access.site, at=clock.now())
    return download(content, f"{row}.zip", kind="application/zip")


@requires(Permission.RECIPES_READ)
@require_safe
def batchml_file(request: HttpRequest, version: UUID) -> HttpResponse:
    """Give a version as a BatchML master recipe. Raises NotFound."""
    row = selectors.version_of(version)
    recipe = selectors.document(row.content_hash)
    content = batchml.master_recipe(recipe, version=str(row.number), at=row.imported_at)
    return download(content, f"{row}.xml")


def download(
    content: bytes, name: str, *, kind: str = "application/xml; charset=utf-8"
) -> HttpResponse:
    """Return a file to be saved."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name.replace(" ", "-")}"'
    return response
