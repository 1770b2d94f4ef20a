from django.db import models

from records.models import Projection


class BatchResult(Projection):
    """A laboratory result as the engine sees it: the newest of each test."""

    id = models.UUIDField(primary_key=True)
    test = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    outcome = models.CharField(max_length=20)
    sample = models.UUIDField()
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ["test"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "test"], name="batches_result_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.test}: {self.value}"
