from datetime import datetime

from django.db import models

from batches.enums import OperationState, StageState, StepState
from recipes import paths
from records.models import Projection


class Stage(Projection):
    """A unit procedure of a batch: what was scheduled, and when it ran."""

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=StageState.choices)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.key


class Operation(Projection):
    """An operation of a batch: who performs it, and the attestation.

    ``path`` is a ref: each time of a repeated operation has its own row (``culture/feed#2``).
    ``called_from`` is the ref of the operation that called it, where it is a contingency.
    """

    id = models.UUIDField(primary_key=True)
    path = models.CharField(max_length=130)
    stage = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=OperationState.choices)
    performer = models.UUIDField(null=True)
    performer_name = models.CharField(max_length=120, default="")
    signed_on_at = models.DateTimeField(null=True)
    attested_at = models.DateTimeField(null=True)
    attested_by = models.UUIDField(null=True)
    called_from = models.CharField(max_length=130, default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attested_at__isnull=True, attested_by__isnull=True)
                | models.Q(attested_at__isnull=False, attested_by=models.F("performer")),
                name="batches_operation_attested_by_performer",
            ),
        ]

    def __str__(self) -> str:
        return self.path


class StepQuery(models.QuerySet["Step"]):
    def live(self) -> "StepQuery":
        """Steps that were reached and are not over, in the order of the recipe."""
        return self.filter(due_since__isnull=False, state__in=StepState.open)


class Step(Projection):
    """A phase of a batch's control recipe: (batch, path, iteration), its values and people.

    ``due_since`` is when it was reached; ``waits_for`` the ref of a contingency that comes first.
    ``performed_at`` is when it was recorded; ``paper_at`` the time on the paper, where it was
    written down there first.
    """

    id = models.UUIDField(primary_key=True)
    path = models.CharField(max_length=190)
    iteration = models.PositiveIntegerField(default=1)
    stage = models.CharField(max_length=60)
    operation = models.CharField(max_length=130)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    verify = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=StepState.choices)
    values = models.JSONField(default=dict)
    outcome = models.CharField(max_length=20, default="")
    rule = models.CharField(max_length=60, default="")
    rule_version = models.CharField(max_length=20, default="")
    performed_by = models.UUIDField(null=True)
    performer_name = models.CharField(max_length=120, default="")
    recorded_by = models.UUIDField(null=True)
    recorder_name = models.CharField(max_length=120, default="")
    performed_at = models.DateTimeField(null=True)
    paper_pack = models.PositiveIntegerField(null=True)
    paper_at = models.DateTimeField(null=True)
    verified_by = models.UUIDField(null=True)
    verifier_name = models.CharField(max_length=120, default="")
    verified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    corrected_by = models.UUIDField(null=True)
    corrector_name = models.CharField(max_length=120, default="")
    corrected_at = models.DateTimeField(null=True)
    due_since = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=130, default="")
    approved_by = models.UUIDField(null=True)
    approver_name = models.CharField(max_length=120, default="")
    approved_at = models.DateTimeField(null=True)

    objects = StepQuery.as_manager()

    class Meta:
        ordering = ["position", "iteration"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "path", "iteration"], name="batches_step_once"
            ),
            # The performer never verifies (21 CFR 211.101(d)); the database says so too.
            models.CheckConstraint(
                condition=~models.Q(verified_by=models.F("performed_by")),
                name="batches_step_performer_is_not_verifier",
            ),
            # Nor does who corrected a value verify it.
            models.CheckConstraint(
                condition=~models.Q(verified_by=models.F("corrected_by")),
                name="batches_step_corrector_is_not_verifier",
            ),
            models.CheckConstraint(
                condition=models.Q(performed_at__isnull=True, performed_by__isnull=True)
                | models.Q(performed_at__isnull=False, performed_by__isnull=False),
                name="batches_step_performed_at_by",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, verified_by__isnull=True)
                | models.Q(verified_at__isnull=False, verified_by__isnull=False),
                name="batches_step_verified_at_by",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True, approved_by__isnull=True)
                | models.Q(approved_at__isnull=False, approved_by__isnull=False),
                name="batches_step_approved_at_by",
            ),
            # From paper means a pack and a time, and paper cannot be of later than its entry. That
            # it is a pack of this batch is a foreign key, in the migration: it takes two columns.
            models.CheckConstraint(
                condition=models.Q(paper_pack__isnull=True, paper_at__isnull=True)
                | models.Q(
                    paper_pack__isnull=False,
                    paper_at__isnull=False,
                    performed_at__isnull=False,
                    performed_at__gte=models.F("paper_at"),
                ),
                name="batches_step_paper_pack_at",
            ),
        ]
        indexes = [models.Index(fields=["stream", "position"], name="batches_step_position")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """Path and iteration in one: how other rows, signatures and commands name it."""
        return paths.ref(self.path, self.iteration)

    @property
    def done_at(self) -> datetime | None:
        """When it was over in the room: the time on the paper, else when it was closed."""
        return self.paper_at or self.closed_at

    @property
    def is_live(self) -> bool:
        """Whether it was reached and is not over."""
        return self.due_since is not None and self.state in StepState.open
