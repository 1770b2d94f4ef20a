from recipes.models.document import Document
from recipes.models.version import RecipeApproval, RecipeUse, RecipeVersion, VersionSet

__all__ = ["Document", "RecipeApproval", "RecipeUse", "RecipeVersion", "VersionSet"]
