from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from orders import (  # noqa: PLC0415 - they register
            folds,  # noqa: F401
            presenters,  # noqa: F401
            running,  # noqa: F401
            tasks,  # noqa: F401
            things,  # noqa: F401
        )
