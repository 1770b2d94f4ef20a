from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from batches.enums import Disposition as Choice
from records.models import Projection


class Review(Projection):
    """A signed review of a batch record. ``content_hash`` is that of the record as shown."""

    id = models.UUIDField(primary_key=True)
    batch = models.UUIDField(db_index=True)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.batch} {self.at:%Y-%m-%d}"


class Disposition(Projection):
    """Release or rejection of a batch. ``pending`` are tests whose results come later.

    The second stage is signed when those are in (``final_at``). ``expires_at`` is the product's
    expiry, None where the recipe names no shelf life.
    """

    id = models.UUIDField(primary_key=True)
    batch = models.UUIDField()
    disposition = models.CharField(max_length=20, choices=Choice)
    reason = models.TextField()
    pending = ArrayField(models.CharField(max_length=60))
    expires_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.CharField(max_length=120)
    final_at = models.DateTimeField(null=True)
    final_by = models.UUIDField(null=True)
    final_by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            # A batch is dispositioned once.
            models.UniqueConstraint(fields=["batch"], name="quality_disposition_once"),
            models.CheckConstraint(
                condition=Q(final_at__isnull=True, final_by__isnull=True)
                | Q(final_at__isnull=False, final_by__isnull=False),
                name="quality_disposition_final_at_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.disposition}"
