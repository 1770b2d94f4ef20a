from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and access")

    def ready(self) -> None:
        from accounts import (  # noqa: PLC0415 - they register
            centre_folds,  # noqa: F401
            centre_presenters,  # noqa: F401
            document_folds,  # noqa: F401
            document_presenters,  # noqa: F401
            folds,  # noqa: F401
            owing,  # noqa: F401
            presenters,  # noqa: F401
            roster_folds,  # noqa: F401
            roster_presenters,  # noqa: F401
            signed,  # noqa: F401
            tasks,  # noqa: F401
            things,  # noqa: F401
        )
        from accounts.api import schema  # noqa: F401, PLC0415 - registers itself
