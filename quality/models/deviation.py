from django.db import models
from django.db.models import Q

from quality.enums import DeviationState
from records.models import Projection


class Deviation(Projection):
    """An exception or concession of a batch under investigation.

    Open ones hold up review and release.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40)
    batch = models.UUIDField(db_index=True)
    exception = models.UUIDField(null=True)
    concession = models.UUIDField(null=True)
    description = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    opened_by_name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=DeviationState)
    conclusion = models.TextField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="quality_deviation_number"),
            models.UniqueConstraint(fields=["stream", "exception"], name="quality_deviation_once"),
            models.CheckConstraint(
                condition=Q(exception__isnull=False, concession__isnull=True)
                | Q(exception__isnull=True, concession__isnull=False),
                name="quality_deviation_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="quality_deviation_closed_at_by",
            ),
        ]

    def __str__(self) -> str:
        return self.number
