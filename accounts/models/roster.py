from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from accounts.enums import DutyKind
from accounts.models.person import Person
from records.models import Projection


class Shift(Projection):
    """A shift of a site in its wall time; an ended one stays, and so do its duties."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=60)
    start = models.TimeField()
    end = models.TimeField()
    active = models.BooleanField()

    class Meta:
        ordering = ["start", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code"],
                condition=models.Q(active=True),
                name="accounts_shift_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.start:%H:%M}–{self.end:%H:%M}"


class Duty(Projection):
    """A person works a shift of a site, leads it, or is on call. Stands on the person's stream.

    ``during`` is in instants, closed at its start and open at its end; ``day`` is the site's.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="duties")
    what = models.CharField(max_length=12, choices=DutyKind.choices)
    day = models.DateField(db_index=True)
    shift = models.UUIDField()
    shift_code = models.CharField(max_length=8)
    during = DateTimeRangeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # The proof behind the refusals that name who is there already.
            ExclusionConstraint(
                name="accounts_duty_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("what", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(cancelled_at__isnull=True),
            ),
            ExclusionConstraint(
                name="accounts_duty_one_on_call",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    ("what", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(cancelled_at__isnull=True, what__in=DutyKind.of_one),
            ),
            models.CheckConstraint(
                condition=models.Q(what__in=DutyKind.values), name="accounts_duty_what"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    during__isempty=False, during__lower_inf=False, during__upper_inf=False
                ),
                name="accounts_duty_bounded",
            ),
            models.CheckConstraint(
                condition=models.Q(site__isnull=False), name="accounts_duty_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.day} {self.shift_code}"

    @property
    def starts_at(self) -> datetime:
        """The first instant of the duty."""
        return self.during.lower  # type: ignore[no-any-return]

    @property
    def ends_at(self) -> datetime:
        """The instant at which the next shift takes over."""
        return self.during.upper  # type: ignore[no-any-return]


class Absence(Projection):
    """Days, both included, on which a person is away from a site; on the person's stream."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    first = models.DateField()
    last = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first__lte=models.F("last")), name="accounts_absence_order"
            ),
            models.CheckConstraint(
                condition=models.Q(site__isnull=False), name="accounts_absence_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
