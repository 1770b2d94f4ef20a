from uuid import UUID

from django.db import models

from mes.lib.refusals import refuses
from planning.enums import PlanState
from planning.exceptions import PlanAlreadyAsked
from records.models import Projection

ONE_OPEN = "planning_plan_one_open_per_batch"


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans in the planner's words."""

    def open(self) -> "PlanQuerySet":
        """Those that wait for the solver or the planner."""
        return self.filter(state__in=PlanState.open)

    def of(self, batch: UUID) -> "PlanQuerySet":
        """Those of one batch."""
        return self.filter(batch=batch)


class Plan(Projection):
    """A request for a plan of one batch, and what became of it.

    ``bookings`` are what will be claimed (``PlanBooking``), ``replaces`` the claims given back.
    A failure is kept as code and parameters; its sentence is made when it is shown.
    """

    id = models.UUIDField(primary_key=True)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=PlanState.choices)
    batch = models.UUIDField(db_index=True)
    batch_label = models.CharField(max_length=60)
    batch_mark = models.CharField(max_length=40, blank=True)
    requested_by = models.UUIDField(null=True)
    requested_by_name = models.CharField(max_length=160)
    requested_at = models.DateTimeField()
    base = models.PositiveIntegerField(null=True)
    stages = models.JSONField(default=list)
    bookings = models.JSONField(default=list)
    replaces = models.JSONField(default=list)
    proposed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=80, blank=True, default="")
    problem_params = models.JSONField(default=dict)
    decided_by = models.UUIDField(null=True)
    decided_by_name = models.CharField(max_length=160, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True, default="")

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="planning_plan_number"),
            models.UniqueConstraint(
                fields=["batch"],
                condition=models.Q(state__in=PlanState.open),
                name=ONE_OPEN,
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=PlanState.values), name="planning_plan_state"
            ),
            models.CheckConstraint(
                # The system decides too (it has a name, and is no person).
                condition=models.Q(decided_at__isnull=True, decided_by_name="")
                | (models.Q(decided_at__isnull=False) & ~models.Q(decided_by_name="")),
                name="planning_plan_decided_at_by",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(problem=""),
                name="planning_plan_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


refuses(ONE_OPEN, PlanAlreadyAsked)
