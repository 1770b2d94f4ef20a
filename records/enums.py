from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    LEASED = "leased", _("leased")
    DONE = "done", _("done")
    DEAD = "dead", _("dead letter")
    ASIDE = "aside", _("set aside")


class Element(models.TextChoices):
    """What a record has to be: ALCOA+ (PIC/S PI 041-1)."""

    ATTRIBUTABLE = "attributable", pgettext_lazy("record", "Attributable")
    LEGIBLE = "legible", pgettext_lazy("record", "Legible")
    CONTEMPORANEOUS = "contemporaneous", pgettext_lazy("record", "Contemporaneous")
    ORIGINAL = "original", pgettext_lazy("record", "Original")
    ACCURATE = "accurate", pgettext_lazy("record", "Accurate")
    COMPLETE = "complete", pgettext_lazy("record", "Complete")
    CONSISTENT = "consistent", pgettext_lazy("record", "Consistent")
    ENDURING = "enduring", pgettext_lazy("record", "Enduring")
    AVAILABLE = "available", pgettext_lazy("record", "Available")


class Weight(models.TextChoices):
    """How much an incident of the system weighs."""

    MINOR = "minor", pgettext_lazy("incident", "minor")
    MAJOR = "major", pgettext_lazy("incident", "major")
    CRITICAL = "critical", pgettext_lazy("incident", "critical")
