from django.db import models

from equipment.enums import OpennessPolicy
from equipment.exceptions import CodeTaken
from mes.lib.refusals import refuses
from records.models import Projection


class Room(Projection):
    """A cleanroom with its class and the work that it is validated for."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    room_class = models.CharField(max_length=60)
    policy = models.CharField(max_length=10, choices=OpennessPolicy.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="equipment_room_code"),
            models.CheckConstraint(
                condition=models.Q(policy__in=OpennessPolicy.values), name="equipment_room_policy"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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


for _name in ("equipment_room_code", "equipment_place_number", "equipment_place_barcode"):
    refuses(_name, CodeTaken)
