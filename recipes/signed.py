"""What signatures on recipes are under, told once more for the self-check of records."""

from mes.lib.evidence import JSON
from recipes.entries import RecipeApproved
from recipes.models import RecipeVersion
from recipes.selectors import document
from records.folding import Folded
from records.reading import the_one
from records.signed import signed_under


@signed_under(RecipeApproved)
def _approved(e: Folded[RecipeApproved]) -> JSON:
    """The document, which is kept under its hash."""
    version = the_one(RecipeVersion.objects.filter(id=e.stream))
    return document(version.content_hash).dump()
