from django.db import models

from accounts.enums import AlarmKind
from records.models import Projection


class Alarm(Projection):
    """Somebody tries secrets; open until an administrator has answered it.

    Stands on the tablet's stream; of desks on the person's (their sites see it), or on the register
    of sign-in where it is about nobody (all sites see it).
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20, choices=AlarmKind.choices)
    person = models.UUIDField(null=True)
    person_name = models.CharField(max_length=120, blank=True)
    credential = models.CharField(max_length=20)
    device = models.UUIDField(null=True)
    address = models.CharField(max_length=60, blank=True)
    people = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AlarmKind.values), name="accounts_alarm_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, note="")
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="accounts_alarm_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.raised_at:%Y-%m-%d %H:%M}"
