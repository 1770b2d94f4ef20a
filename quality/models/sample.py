from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from quality.enums import SampleState
from records.models import Projection


class SampleSet(models.QuerySet["Sample"]):
    """Samples by what one asks of them."""

    def awaiting(self) -> "SampleSet":
        """Samples that the laboratory has not finished."""
        return self.exclude(state=SampleState.TESTED)

    def of_batch(self, batch: UUID) -> "SampleSet":
        """Samples drawn from one batch."""
        return self.filter(batch=batch)


class Sample(Projection):
    """What was drawn from a batch for tests. ``id`` is its stream; ``label`` its code."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=40)
    batch = models.UUIDField(db_index=True)
    batch_number = models.CharField(max_length=20)
    step = models.CharField(max_length=190)
    label = models.CharField(max_length=200)
    tests = ArrayField(models.CharField(max_length=60))
    volume = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit = models.CharField(max_length=40)
    drawn_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=SampleState)
    received_at = models.DateTimeField(null=True)
    received_by = models.UUIDField(null=True)
    received_by_name = models.CharField(max_length=120)
    condition = models.TextField()

    objects = SampleSet.as_manager()

    class Meta:
        ordering = ["drawn_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="quality_sample_number"),
            models.UniqueConstraint(fields=["site", "label"], name="quality_sample_label"),
            models.CheckConstraint(
                condition=Q(state__in=SampleState.values), name="quality_sample_state"
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False),
                name="quality_sample_received_at_by",
            ),
        ]

    def __str__(self) -> str:
        return self.number
