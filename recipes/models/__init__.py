from recipes.models.comment import RecipeComment
from recipes.models.document import Document
from recipes.models.draft import RecipeDraft
from recipes.models.operation import LibraryOperation
from recipes.models.rehearsal import RecipeRehearsal
from recipes.models.rule import ApprovalRule
from recipes.models.version import RecipeApproval, RecipeUse, RecipeVersion, VersionSet

__all__ = [
    "ApprovalRule",
    "Document",
    "LibraryOperation",
    "RecipeApproval",
    "RecipeComment",
    "RecipeDraft",
    "RecipeRehearsal",
    "RecipeUse",
    "RecipeVersion",
    "VersionSet",
]
