"""A rehearsal of a version or a draft: simulated patients, and what became of them."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from recipes.enums import RehearsalState
from records.models import Projection


class RehearsalQuerySet(models.QuerySet["RecipeRehearsal"]):
    """Rehearsals in the process owner's words."""

    def of(self, version: UUID) -> "RehearsalQuerySet":
        """Those of one version, the newest first."""
        return self.filter(of=version).order_by("-requested_at")


class RecipeRehearsal(Projection):
    """``done`` of ``patients`` have come through; ``result`` is what a rehearsal shows.

    ``of`` is a version, or a draft as it stood.

    The same document (``content_hash``), patients and seed give the same result.
    """

    id = models.UUIDField(primary_key=True)
    of = models.UUIDField(db_index=True)
    content_hash = models.CharField(max_length=64)
    patients = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=RehearsalState)
    requested_by = models.UUIDField(null=True)
    requested_by_name = models.CharField(max_length=120)
    requested_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)

    objects = RehearsalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RehearsalState.values), name="recipes_rehearsal_state"
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("patients")), name="recipes_rehearsal_done"
            ),
            models.CheckConstraint(
                condition=Q(state="complete", result__isnull=False, completed_at__isnull=False)
                | (~Q(state="complete") & Q(result__isnull=True, completed_at__isnull=True)),
                name="recipes_rehearsal_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patients} patients, seed {self.seed}"
