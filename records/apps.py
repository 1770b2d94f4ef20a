from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        from records import (  # noqa: PLC0415 - they register themselves
            delivered,  # noqa: F401
            folds,  # noqa: F401
            incidents,  # noqa: F401
            letters,  # noqa: F401
            software,  # noqa: F401
            tasks,  # noqa: F401
            things,  # noqa: F401
        )
