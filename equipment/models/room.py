from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from equipment.enums import OpennessPolicy
from equipment.exceptions import CodeTaken, DaysUnknown, HoursNotPaired
from equipment.weekdays import WEEK
from mes.lib.refusals import refuses
from records.models import Projection


class Room(Projection):
    """A cleanroom with its class and the work that it is validated for.

    It is worked in from ``opens`` to ``closes``, in the site's wall time, on its ``days`` of the
    week (1 is Monday); one that closes before it opens closes on the day after. Without hours it is
    open all day, without days every day.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    room_class = models.CharField(max_length=60)
    policy = models.CharField(max_length=10, choices=OpennessPolicy.choices)
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    days = ArrayField(models.PositiveSmallIntegerField(), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="equipment_room_code"),
            models.CheckConstraint(
                condition=models.Q(policy__in=OpennessPolicy.values), name="equipment_room_policy"
            ),
            models.CheckConstraint(
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(opens__isnull=False, closes__isnull=False)
                & ~models.Q(opens=models.F("closes")),
                name="equipment_room_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(days__isnull=True)
                | models.Q(days__contained_by=list(WEEK), days__len__range=(1, len(WEEK) - 1)),
                name="equipment_room_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def always_open(self) -> bool:
        """Whether it never closes."""
        return self.hours is None and self.days is None

    @property
    def hours(self) -> tuple[time, time] | None:
        """When it opens and closes on a day on which it opens; None when it is open all day."""
        return None if self.opens is None or self.closes is None else (self.opens, self.closes)


class Place(Projection):
    """A numbered place of a room: what a batch holds in closed work."""

    id = models.UUIDField(primary_key=True)
    room = models.ForeignKey(Room, models.PROTECT, related_name="places", db_constraint=False)
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=120)
    barcode = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="equipment_place_number"),
            models.UniqueConstraint(fields=["site", "barcode"], name="equipment_place_barcode"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="equipment_place_number_from_one"
            ),
        ]

    def __str__(self) -> str:
        return self.label


refuses("equipment_room_hours", HoursNotPaired)
refuses("equipment_room_days", DaysUnknown)
for _name in ("equipment_room_code", "equipment_place_number", "equipment_place_barcode"):
    refuses(_name, CodeTaken)
