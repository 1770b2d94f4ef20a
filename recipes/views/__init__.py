from recipes.views.acts import approve, discard, make_effective, submit, withdraw
from recipes.views.imports import import_recipe
from recipes.views.versions import schema, source, version, versions

__all__ = [
    "approve",
    "discard",
    "import_recipe",
    "make_effective",
    "schema",
    "source",
    "submit",
    "version",
    "versions",
    "withdraw",
]
