from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.enums import ReviewDecision
from records.models import Projection


class AccessReview(Projection):
    """A review of the accounts and rights of a site: opened, due, closed by the last decision."""

    id = models.UUIDField(primary_key=True)
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(closed_at__isnull=True),
                name="accounts_accessreview_one_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"review of {self.opened_at:%Y-%m-%d}"


class AccessReviewItem(Projection):
    """One person in a review of accounts, as found, and what was decided."""

    pk = models.CompositePrimaryKey("review", "person")
    review = models.UUIDField()
    person = models.UUIDField()
    printed_name = models.CharField(max_length=120)
    roles = ArrayField(models.CharField(max_length=40))
    decision = models.CharField(max_length=10, choices=ReviewDecision.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["printed_name", "person"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__in=["", *ReviewDecision.values]),
                name="accounts_accessreviewitem_decision",
            ),
            # Nobody decides of their own rights.
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("person")),
                name="accounts_accessreviewitem_person_is_not_reviewer",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, decision="")
                | (models.Q(decided_at__isnull=False) & ~models.Q(decision="")),
                name="accounts_accessreviewitem_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.decision or 'open'}"
