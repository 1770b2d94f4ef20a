from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class MesConfig(AppConfig):
    name = "mes"
    verbose_name = _("Manufacturing execution")

    def ready(self) -> None:
        # Without the Celery app at hand, a process that rings would look for its broker elsewhere.
        from mes import celery, checks  # noqa: F401, PLC0415 - needs the settings
        from mes.lib import refusals  # noqa: PLC0415 - as above

        refusals.load(settings.APPS)
