"""Choices of orders and collections, with the sets that belong to them."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    ENTERED = "entered", _("Entered")
    COLLECTED = "collected", _("Collected")
    IN_MANUFACTURE = "in_manufacture", _("In manufacture")
    RELEASED = "released", _("Released")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")

    # Between request and infusion: its mark is given to nobody else.
    live = nonmember(frozenset({"entered", "collected", "in_manufacture", "released"}))


class Urgency(models.TextChoices):
    ROUTINE = "routine", _("Routine")
    URGENT = "urgent", _("Urgent")
    CRITICAL = "critical", _("Critical")


class CollectionState(models.TextChoices):
    ANNOUNCED = "announced", _("Announced")
    RECEIVED = "received", _("Received")
    QUARANTINED = "quarantined", _("In quarantine")


class Attention(models.IntegerChoices):
    """How much an order needs somebody; the list shows the highest first."""

    NONE = 0, _("On its way")
    AT_RISK = 1, _("At risk")
    IN_DANGER = 2, _("In danger")


class WaitsFor(models.TextChoices):
    """Who has to act next."""

    NOBODY = "nobody", _("Waits for nobody")
    US = "us", _("Waits for us")
    CENTRE = "centre", _("Waits for the centre")
