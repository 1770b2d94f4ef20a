from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    LEASED = "leased", _("leased")
    DONE = "done", _("done")
    DEAD = "dead", _("dead letter")
    ASIDE = "aside", _("set aside")
