from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BatchesConfig(AppConfig):
    name = "batches"
    verbose_name = _("Batches")

    def ready(self) -> None:
        from batches import (  # noqa: PLC0415 - they register
            comment_folds,  # noqa: F401
            folds,  # noqa: F401
            presenters,  # noqa: F401
            signed,  # noqa: F401
            things,  # noqa: F401
        )
