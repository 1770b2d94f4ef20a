from django.db import models

from batches.enums import Disposition, ProcessState, Purpose, RecordState
from records.models import Projection


class BatchQuery(models.QuerySet["Batch"]):
    def executing(self) -> "BatchQuery":
        """Batches whose record still grows on the floor."""
        return self.filter(record_state=RecordState.EXECUTING)

    def for_review(self) -> "BatchQuery":
        """Batches that wait for review or disposition."""
        return self.filter(record_state__in=[RecordState.COMPLETE, RecordState.IN_REVIEW])


class Batch(Projection):
    """One recipe run once for one order. ``position`` is the number of the step that is due."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    order = models.UUIDField(db_index=True)
    coi = models.CharField(max_length=20)
    mark = models.CharField(max_length=40)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    recipe = models.CharField(max_length=60)
    recipe_version = models.UUIDField()
    recipe_label = models.CharField(max_length=40)
    recipe_hash = models.CharField(max_length=64)
    inputs = models.JSONField()
    process_state = models.CharField(max_length=20, choices=ProcessState.choices)
    record_state = models.CharField(max_length=20, choices=RecordState.choices)
    position = models.PositiveIntegerField(default=1)
    steps = models.PositiveIntegerField()
    due_since = models.DateTimeField()
    quality_hold = models.BooleanField(default=False)
    quality_hold_reason = models.TextField(default="")
    process_hold_reason = models.TextField(default="")
    issued_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    disposition = models.CharField(max_length=20, choices=Disposition.choices, default="")
    dispositioned_at = models.DateTimeField(null=True)
    dispositioned_by = models.UUIDField(null=True)

    objects = BatchQuery.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="batches_batch_number"),
            models.CheckConstraint(
                condition=models.Q(process_state__in=ProcessState.values),
                name="batches_batch_process_state",
            ),
            models.CheckConstraint(
                condition=models.Q(record_state__in=RecordState.values),
                name="batches_batch_record_state",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="batches_batch_reviewed_at_by",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    dispositioned_at__isnull=True, dispositioned_by__isnull=True, disposition=""
                )
                | models.Q(
                    dispositioned_at__isnull=False,
                    dispositioned_by__isnull=False,
                    disposition__in=Disposition.values,
                ),
                name="batches_batch_dispositioned_at_by",
            ),
            # Who reviewed the record does not certify it.
            models.CheckConstraint(
                condition=~models.Q(reviewed_by=models.F("dispositioned_by")),
                name="batches_batch_reviewer_is_not_releaser",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BatchNumber(Projection):
    """The last serial that the site's register gave in a year."""

    id = models.UUIDField(primary_key=True)
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "year"], name="batches_number_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.serial}"
