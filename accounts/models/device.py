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
    # The class of the room: a time set for it at the site goes before the tablet's own.
    room_class = models.CharField(max_length=60, null=True)
    active = models.BooleanField()
    # The enrolment that was taken last: the browser that took it is this tablet, no other one.
    link = models.UUIDField(null=True)

    # Seconds after which entry locks here; ``selectors.active_device`` finds it out.
    lock_after: int

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


class IdleTime(Projection):
    """After how long entry locks in rooms of a class at a site. No person can change theirs."""

    id = models.UUIDField(primary_key=True)
    room_class = models.CharField(max_length=60)
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "room_class"], name="accounts_idletime_once"),
            models.CheckConstraint(
                condition=models.Q(seconds__range=(30, 3600)), name="accounts_idletime_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_class} {self.seconds} s"
