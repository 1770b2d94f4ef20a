from django.db import models

from records.models import Projection


class Device(Projection):
    """An enrolled tablet, bound to a room or place of a site.

    The place is kept as (kind, uuid, label): rooms and places belong to ``equipment``.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    place_kind = models.CharField(max_length=40, null=True)
    place = models.UUIDField(null=True)
    place_label = models.CharField(max_length=120, null=True)
    # Entry locks after this many seconds without a touch: the room's time.
    idle_seconds = models.PositiveIntegerField()
    active = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="accounts_device_code"),
            models.CheckConstraint(
                condition=models.Q(
                    place_kind__isnull=True, place__isnull=True, place_label__isnull=True
                )
                | models.Q(
                    place_kind__isnull=False, place__isnull=False, place_label__isnull=False
                ),
                name="accounts_device_place",
            ),
            models.CheckConstraint(
                condition=models.Q(idle_seconds__range=(30, 3600)), name="accounts_device_idle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
