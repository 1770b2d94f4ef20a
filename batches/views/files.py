"""Files: of a batch's record as they were kept, and the pictures of its instructions."""

from uuid import UUID

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from batches.selectors import batch_of, names_file, recipe_of
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from recipes.document import Recipe
from recipes.selectors import draft_of, recipe_of_draft
from records import files
from records.models import StoredFile
from records.reading import the_one

NOTHING = {"default-src": ["'none'"], "sandbox": True}


@requires(Permission.BATCHES_READ)
@csp_replace(NOTHING)  # type: ignore[arg-type]  # it knows no arguments
@require_safe
def file(request: HttpRequest, batch: UUID, sha256: str) -> HttpResponse:
    """Hand out a file that a step of this batch names, to be saved and never run.

    Raises NotFound for a file that the batch does not name, and for another site's batch.
    """
    if not names_file(batch, sha256):
        raise NotFound()
    answer = _kept(sha256)
    answer["Content-Disposition"] = f'attachment; filename="{sha256[:12]}"'
    return answer


@requires(Permission.BATCHES_PERFORM)
@csp_replace(NOTHING)  # type: ignore[arg-type]
@require_safe
def picture(request: HttpRequest, batch: UUID, sha256: str) -> HttpResponse:
    """Show a picture of the recipe that the batch has pinned. Raises NotFound."""
    return _of_recipe(recipe_of(batch_of(batch)), sha256)


@requires(Permission.RECIPES_WRITE)
@csp_replace(NOTHING)  # type: ignore[arg-type]
@require_safe
def preview_picture(request: HttpRequest, draft: UUID, sha256: str) -> HttpResponse:
    """Show a picture of a draft that can be read as a recipe. Raises NotFound."""
    return _of_recipe(recipe_of_draft(draft_of(draft)), sha256)


def _of_recipe(recipe: Recipe | None, sha256: str) -> HttpResponse:
    named = recipe is not None and any(
        picture.sha256 == sha256
        for placed in recipe.by_path.values()
        for picture in placed.step.pictures
    )
    answer = _kept(sha256) if named else None
    if answer is None or not answer["Content-Type"].startswith("image/"):
        raise NotFound()
    return answer


def _kept(sha256: str) -> HttpResponse:
    kept = the_one(StoredFile.objects.filter(sha256=sha256))
    answer = HttpResponse(files.get(sha256), content_type=kept.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
