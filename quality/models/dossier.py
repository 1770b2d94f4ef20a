from datetime import timedelta

from django.db import models
from django.db.models import Q

from mes.lib import clock
from quality.enums import DossierState
from records.models import Projection

# All tries of the outbox together take less.
PATIENCE = timedelta(minutes=4)


class Dossier(Projection):
    """The batch record as a document: asked for, then written by a worker.

    ``upto`` is the last entry of the batch that stands in it.
    """

    id = models.UUIDField(primary_key=True)
    batch = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=DossierState)
    requested_at = models.DateTimeField()
    requested_by_name = models.CharField(max_length=120)
    rendered_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(null=True)
    upto = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="quality_dossier_number"),
            models.CheckConstraint(
                condition=Q(state=DossierState.REQUESTED, rendered_at__isnull=True, sha256="")
                | (Q(state=DossierState.RENDERED, rendered_at__isnull=False) & ~Q(sha256="")),
                name="quality_dossier_rendered",
            ),
        ]

    @property
    def is_awaited(self) -> bool:
        """Whether a worker may still write it; after PATIENCE another copy can be asked for."""
        return self.state == DossierState.REQUESTED and clock.now() - self.requested_at < PATIENCE

    def __str__(self) -> str:
        return f"{self.batch} {self.number}"
