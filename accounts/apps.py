from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and access")

    def ready(self) -> None:
        from accounts import folds, owing, presenters, tasks, things  # noqa: F401, PLC0415 - they register
        from accounts.api import schema  # noqa: F401, PLC0415 - registers itself
