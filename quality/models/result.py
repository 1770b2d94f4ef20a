from django.db import models
from django.db.models import F, Q

from quality.enums import ResultOutcome
from quality.models.sample import Sample
from records.models import Projection


class ResultSet(models.QuerySet["Result"]):
    """Results by what one asks of them."""

    def standing(self) -> "ResultSet":
        """Results that no correction has replaced."""
        return self.filter(superseded=False)

    def to_review(self) -> "ResultSet":
        """Results that wait for a second person."""
        return self.standing().filter(reviewed_at__isnull=True)


class Result(Projection):
    """What the laboratory found in a sample. It counts once a second person has reviewed it.

    A correction is a new result that names the old one; the old value stays readable.
    """

    id = models.UUIDField(primary_key=True)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="results")
    batch = models.UUIDField(db_index=True)
    test = models.CharField(max_length=60)
    typed = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    # An interim reading ("no growth to date") never meets a criterion; a failing one counts.
    interim = models.BooleanField()
    method = models.CharField(max_length=200)
    equipment = models.CharField(max_length=200)
    raw_file = models.CharField(max_length=64)
    outcome = models.CharField(max_length=12, choices=ResultOutcome)
    rule = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=20)
    findings = models.JSONField()
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField()
    entered_by_name = models.CharField(max_length=120)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_by_name = models.CharField(max_length=120)
    corrects = models.UUIDField(null=True)
    correction_reason = models.TextField()
    superseded = models.BooleanField(default=False)

    objects = ResultSet.as_manager()

    class Meta:
        ordering = ["entered_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=ResultOutcome.values), name="quality_result_outcome"
            ),
            # The second reviewer is another person (21 CFR 211.194(a)(8)).
            models.CheckConstraint(
                condition=~Q(reviewed_by=F("entered_by")),
                name="quality_result_reviewer_is_not_analyst",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="quality_result_reviewed_at_by",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                name="quality_result_correction_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test}: {self.value}"
