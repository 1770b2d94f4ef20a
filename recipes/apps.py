"""The application's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecipesConfig(AppConfig):
    """Master recipes, their versions and their approval."""

    name = "recipes"
    verbose_name = _("Recipes")

    def ready(self) -> None:
        """Register folds, presenters and consumers."""
        from recipes import (  # noqa: PLC0415 - they register
            folds,  # noqa: F401
            kept,  # noqa: F401
            presenters,  # noqa: F401
            signed,  # noqa: F401
            tasks,  # noqa: F401
            things,  # noqa: F401
        )
