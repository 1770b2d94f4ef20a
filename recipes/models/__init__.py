from recipes.models.document import Document
from recipes.models.draft import RecipeDraft
from recipes.models.operation import LibraryOperation
from recipes.models.version import RecipeApproval, RecipeUse, RecipeVersion, VersionSet

__all__ = [
    "Document",
    "LibraryOperation",
    "RecipeApproval",
    "RecipeDraft",
    "RecipeUse",
    "RecipeVersion",
    "VersionSet",
]
