from django.db import models

from batches.enums import ConcessionState, ExceptionState
from records.models import Projection


class BatchException(Projection):
    """What was not right with a step, until QA has judged it."""

    id = models.UUIDField(primary_key=True)
    step = models.CharField(max_length=190, default="")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=20)
    params = models.JSONField()
    comment = models.TextField(default="")
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    raised_by_name = models.CharField(max_length=120, default="")
    state = models.CharField(max_length=20, choices=ExceptionState.choices)
    judgement = models.CharField(max_length=40, default="")
    judgement_comment = models.TextField(default="")
    judged_by = models.UUIDField(null=True)
    judged_by_name = models.CharField(max_length=120, default="")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(judged_at__isnull=True, judged_by__isnull=True)
                | models.Q(judged_at__isnull=False, judged_by__isnull=False),
                name="batches_exception_judged_at_by",
            ),
            # A reviewer does not judge what they raised.
            models.CheckConstraint(
                condition=~models.Q(judged_by=models.F("raised_by")),
                name="batches_exception_not_own",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.step}"


class Concession(Projection):
    """QA's leave for one step of one batch to pass one conditional interlock until a time."""

    id = models.UUIDField(primary_key=True)
    step = models.CharField(max_length=190)
    code = models.CharField(max_length=80)
    params = models.JSONField()
    asked_reason = models.TextField()
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=ConcessionState.choices)
    until = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    risk = models.TextField(default="")
    answered_by = models.UUIDField(null=True)
    answered_by_name = models.CharField(max_length=120, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("answered_by")),
                name="batches_concession_not_own",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="batches_concession_answered_at_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.step}"


class RefusedAttempt(Projection):
    """An attempt at a step that was refused; the third at one step is an exception."""

    id = models.UUIDField(primary_key=True)
    step = models.CharField(max_length=190, default="")
    code = models.CharField(max_length=80)
    params = models.JSONField()
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.code} {self.step}"
