from recipes.models.document import Document
from recipes.models.draft import RecipeDraft
from recipes.models.version import RecipeApproval, RecipeUse, RecipeVersion, VersionSet

__all__ = ["Document", "RecipeApproval", "RecipeDraft", "RecipeUse", "RecipeVersion", "VersionSet"]
