from django.db import models
from django.db.models import F, Q

from batches.enums import RedlineState
from records.models import Projection


class Redline(Projection):
    """A change of one running batch's own document, from its proposal to its two signatures.

    Production signs first, QA lets it apply: two people, and QA did not propose it.
    """

    id = models.UUIDField(primary_key=True)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RedlineState.choices)
    before_hash = models.CharField(max_length=64)
    recipe_hash = models.CharField(max_length=64)
    reason = models.TextField()
    proposed_by = models.UUIDField(null=True)
    proposed_by_name = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    production_by = models.UUIDField(null=True)
    production_name = models.CharField(max_length=120, default="")
    production_at = models.DateTimeField(null=True)
    quality_by = models.UUIDField(null=True)
    quality_name = models.CharField(max_length=120, default="")
    quality_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="batches_redline_number"),
            models.UniqueConstraint(
                fields=["stream"], condition=Q(state=RedlineState.PROPOSED),
                name="batches_redline_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RedlineState.values), name="batches_redline_state"
            ),
            # Two people sign, and who proposed it does not approve it for QA.
            models.CheckConstraint(
                condition=~Q(quality_by=F("production_by")), name="batches_redline_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(quality_by=F("proposed_by")), name="batches_redline_not_own"
            ),
            models.CheckConstraint(
                condition=~Q(state=RedlineState.APPLIED)
                | Q(production_by__isnull=False, production_at__isnull=False,
                    quality_by__isnull=False, quality_at__isnull=False),
                name="batches_redline_applied_signed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"R{self.number}"
