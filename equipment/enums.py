from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResourceKind(models.TextChoices):
    """What a claim is on. The value is also the kind of the resource's stream."""

    PLACE = "place", _("Place")
    UNIT = "unit", _("Unit")


class OpennessPolicy(models.TextChoices):
    """Which work a room is validated for (design: segregation follows openness)."""

    OPEN = "open", _("open, one patient")
    CLOSED = "closed", _("closed")
    BOTH = "both", _("open or closed")


class UnitStatus(models.TextChoices):
    AVAILABLE = "available", _("available")
    OUT_OF_SERVICE = "out_of_service", _("out of service")


class ClaimState(models.TextChoices):
    """planned → occupied → released; in conflict and withdrawn lie outside the constraint."""

    PLANNED = "planned", _("planned")
    OCCUPIED = "occupied", _("occupied")
    RELEASED = "released", _("released")
    IN_CONFLICT = "in_conflict", _("in conflict")
    WITHDRAWN = "withdrawn", _("withdrawn")

    # Those that exclude every other claim on the same hours.
    exclusive = nonmember(("planned", "occupied"))
    # Those that somebody still counts on.
    live = nonmember(("planned", "occupied", "in_conflict"))
    # Those that may still be moved or given back before they began.
    waiting = nonmember(("planned", "in_conflict"))
    # Those in which the holder's material was there.
    used = nonmember(("occupied", "released"))


class WatchedKind(models.TextChoices):
    """What an alarm is of. The value is also the kind of its stream."""

    UNIT = "unit", _("Unit")
    ROOM = "room", _("Room")


class AlarmState(models.TextChoices):
    """Acknowledged and cleared come in either order; with both an alarm is over."""

    RAISED = "raised", _("to acknowledge, to clear")
    ACKNOWLEDGED = "acknowledged", _("to clear")
    CLEARED = "cleared", _("to acknowledge")
    OVER = "over", _("over")
