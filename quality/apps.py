from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "quality"
    verbose_name = _("Quality")

    def ready(self) -> None:
        from quality import (  # noqa: PLC0415 - they register
            folds,  # noqa: F401
            owed,  # noqa: F401
            presenters,  # noqa: F401
            signed,  # noqa: F401
            tasks,  # noqa: F401
            things,  # noqa: F401
        )
