from collections.abc import Collection
from datetime import datetime
from typing import Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from equipment.enums import ClaimState, ResourceKind
from equipment.exceptions import AlreadyOccupied, PlaceTaken
from mes.lib.refusals import refuses
from records.models import Projection

NO_DOUBLE_BOOKING = "equipment_claim_no_double_booking"
ONE_OCCUPIED = "equipment_claim_one_occupied"


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims in the words of the plant."""

    def on(self, resources: Collection[UUID]) -> Self:
        """Those on these places and units. Comes first in a query: the index is by place."""
        return self.filter(stream__in=resources)

    def of(self, holder: UUID) -> Self:
        """Those of one batch."""
        return self.filter(holder=holder)

    def for_stage(self, stage: str) -> Self:
        """Those that cover a stage, begun by it or held from an earlier one."""
        return self.filter(stages__contains=[{"key": stage}])

    def live(self) -> Self:
        """Those that somebody still counts on."""
        return self.filter(state__in=ClaimState.live)

    def exclusive_hours(self) -> Self:
        """Those that exclude others: planned and occupied."""
        return self.filter(state__in=ClaimState.exclusive)

    def occupied(self) -> Self:
        """Those that have begun and were not cleared."""
        return self.filter(state=ClaimState.OCCUPIED)

    def overlapping(self, start: datetime, end: datetime) -> Self:
        """Those that share a moment with [start, end)."""
        return self.filter(during__overlap=DateTimeTZRange(start, end))


class Claim(Projection):
    """A holder's exclusive right to a place or unit, from clearance to clearance.

    ``stream`` is the place or unit: claims are folded from what is claimed. ``stages`` lists
    the stages that it covers, each with its planned hours; ``purpose`` is the first one.
    """

    id = models.UUIDField(primary_key=True)
    resource_kind = models.CharField(max_length=10, choices=ResourceKind.choices)
    resource_label = models.CharField(max_length=160)
    holder_kind = models.CharField(max_length=20)
    holder = models.UUIDField()
    holder_label = models.CharField(max_length=60)
    holder_mark = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=60)
    stages = models.JSONField()
    # The name that the recipe's steps use for a unit; empty for a place.
    alias = models.CharField(max_length=60, blank=True)
    # Stands, with the room's other places, for the whole room.
    exclusive = models.BooleanField()
    during = DateTimeRangeField()
    work_end = models.DateTimeField()
    state = models.CharField(max_length=12, choices=ClaimState.choices)
    plan = models.UUIDField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["holder", "state"], name="equipment_claim_by_holder"),
            models.Index(fields=["stream", "state"], name="equipment_claim_by_resource"),
        ]
        constraints = [
            # The proof that nothing is booked twice. Checked when the act ends, so that two
            # claims can change places within one.
            ExclusionConstraint(
                name=NO_DOUBLE_BOOKING,
                expressions=[
                    ("stream", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(state__in=ClaimState.exclusive),
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["stream"],
                condition=models.Q(state=ClaimState.OCCUPIED),
                name=ONE_OCCUPIED,
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ClaimState.values), name="equipment_claim_state"
            ),
            models.CheckConstraint(
                condition=models.Q(resource_kind__in=ResourceKind.values),
                name="equipment_claim_resource_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    during__isempty=False, during__lower_inf=False, during__upper_inf=False
                ),
                name="equipment_claim_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_label}, {self.holder_label}"

    @property
    def resource(self) -> UUID:
        """The place or unit that is claimed."""
        return self.stream

    @property
    def start(self) -> datetime:
        """The first instant of the claim."""
        start: datetime = self.during.lower
        return start

    @property
    def end(self) -> datetime:
        """The instant from which the place or unit is free again."""
        end: datetime = self.during.upper
        return end


refuses(NO_DOUBLE_BOOKING, PlaceTaken)
refuses(ONE_OCCUPIED, AlreadyOccupied)
