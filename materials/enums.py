"""Choices of lots, containers and labels, with the sets that belong to them."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class LotStatus(models.TextChoices):
    """What the quality unit says of a lot (21 CFR 211.84). Expiry is a date, not a status."""

    QUARANTINE = "quarantine", _("Quarantine")
    RELEASED = "released", _("Released")
    REJECTED = "rejected", _("Rejected")


class ContainerKind(models.TextChoices):
    COLLECTION = "collection", _("collection bag")
    INTERMEDIATE = "intermediate", _("intermediate")
    PRODUCT = "product", _("product bag")
    SAMPLE = "sample", _("sample")
    RETAIN = "retain", _("retained sample")


class ContainerStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    QUARANTINE = "quarantine", _("Quarantine")
    IN_USE = "in_use", _("In use")
    STORED = "stored", _("Stored")
    RELEASED = "released", _("Released")
    CONSUMED = "consumed", _("Consumed")
    VOID = "void", _("Void")

    gone = nonmember(frozenset({"consumed", "void"}))


class LabelState(models.TextChoices):
    """What became of one printed label (21 CFR 211.125)."""

    ISSUED = "issued", _("issued")
    APPLIED = "applied", _("applied")
    REPLACED = "replaced", _("replaced")
    SPECIMEN = "specimen", _("specimen in the record")
    SPOILED = "spoiled", _("spoiled")
    DESTROYED = "destroyed", _("destroyed")
    RETURNED = "returned", _("returned")

    # A label in one of these proves nothing any more when it is scanned.
    dead = nonmember(frozenset({"replaced", "specimen", "spoiled", "destroyed", "returned"}))
