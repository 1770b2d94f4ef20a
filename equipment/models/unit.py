from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from equipment.enums import UnitStatus
from equipment.exceptions import CodeTaken
from equipment.models.room import Place
from mes.lib.refusals import refuses
from records.catalogue import Catalogued
from records.models import Projection


class EquipmentClass(Catalogued):
    """What recipes ask for: a class of equipment by its code, such as ``prodigy``."""

    fields = ("code", "title")
    called = _("Equipment class")

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "equipment classes"
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="equipment_class_code"),
        ]

    def __str__(self) -> str:
        return self.title


class Unit(Projection):
    """One piece of equipment. Without a place it is movable.

    ``capabilities`` are what it can do of what recipes ask of its class; None: all of it.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=40)
    unit_class = models.CharField(max_length=60)
    barcode = models.CharField(max_length=60)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, related_name="units", db_constraint=False
    )
    status = models.CharField(max_length=20, choices=UnitStatus.choices)
    status_reason = models.CharField(max_length=400, blank=True, default="")
    # Usable until this instant; None for what is not calibrated.
    calibration_due = models.DateTimeField(null=True)
    is_clean = models.BooleanField()
    cleaning_due = models.DateTimeField(null=True)
    capabilities = ArrayField(models.CharField(max_length=60), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="equipment_unit_code"),
            models.UniqueConstraint(fields=["site", "barcode"], name="equipment_unit_barcode"),
            models.CheckConstraint(
                condition=models.Q(status__in=UnitStatus.values), name="equipment_unit_status"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def can(self, asked: Collection[str]) -> bool:
        """Tell whether it can do all of what is asked of its class."""
        return self.capabilities is None or set(asked) <= set(self.capabilities)


for _name in ("equipment_class_code", "equipment_unit_code", "equipment_unit_barcode"):
    refuses(_name, CodeTaken)
