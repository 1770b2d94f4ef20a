from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from equipment.enums import AlarmState, WatchedKind
from equipment.exceptions import AlarmLimitsMissing, AlarmStands, AlreadyWatched
from mes.lib.refusals import refuses
from mes.ui.text import plain_text, quantity_text, range_text
from records.models import Projection

ONE_OPEN = "equipment_alarm_one_open"


def _measure(**more: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=20, decimal_places=6, **more)


def _within(value: str, low: str, high: str) -> Q:
    """Limits themselves are within; a limit that is not there lets every value pass."""
    above = Q(**{f"{low}__isnull": True}) | Q(**{f"{value}__gte": F(low)})
    below = Q(**{f"{high}__isnull": True}) | Q(**{f"{value}__lte": F(high)})
    return above & below


class Limits(Projection):
    """What settings and alarms share: what is watched, and within which limits."""

    setting = models.UUIDField()
    setting_version = models.PositiveIntegerField()
    watched = models.CharField(max_length=80)
    # UCUM.
    unit = models.CharField(max_length=20)
    low = _measure(null=True)
    high = _measure(null=True)
    critical = models.BooleanField()

    class Meta:
        abstract = True

    def holds(self, value: Decimal) -> bool:
        """Tell whether a value lies within the limits, which are within themselves."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def limits(self) -> str:
        """The limits as people write them."""
        return range_text(self.low, self.high, self.unit)

    def measured(self, value: Decimal) -> str:
        """Return a value as people write it."""
        return quantity_text(plain_text(value), self.unit)


class AlarmSetting(Limits):
    """One version of what is watched of a unit or room; all versions stay readable.

    The one without ``superseded_at`` is in force. ``stream`` is the unit or room.
    """

    id = models.UUIDField(primary_key=True)
    justification = models.TextField()
    # Why it was changed; the first version has none.
    reason = models.CharField(max_length=400, blank=True)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)
    set_by_name = models.CharField(max_length=120)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["watched", "-setting_version"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "setting", "setting_version"],
                name="equipment_alarmsetting_version",
            ),
            models.UniqueConstraint(
                fields=["stream", "watched"],
                condition=Q(superseded_at__isnull=True),
                name="equipment_alarmsetting_watched_once",
            ),
            models.CheckConstraint(
                condition=(Q(low__isnull=False) | Q(high__isnull=False))
                & (Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lt=F("high"))),
                name="equipment_alarmsetting_limits",
            ),
            models.CheckConstraint(
                condition=~Q(justification=""), name="equipment_alarmsetting_justified"
            ),
            models.CheckConstraint(
                condition=Q(setting_version=1, reason="")
                | (Q(setting_version__gt=1) & ~Q(reason="")),
                name="equipment_alarmsetting_change_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.watched} v{self.setting_version}"


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Alarms by what one asks of them."""

    def on(self, resources: Collection[UUID]) -> Self:
        """Those of these units and rooms."""
        return self.filter(stream__in=resources)

    def open(self) -> Self:
        """Those that somebody still has to acknowledge or clear."""
        return self.exclude(acknowledged_at__isnull=False, cleared_at__isnull=False)

    def standing(self) -> Self:
        """Those that are not over, as people are shown them: critical ones first, then newest."""
        return self.open().order_by("-critical", "-began_at", "-id")

    def in_state(self, state: str) -> Self:
        """Those in one state."""
        return self.filter(
            acknowledged_at__isnull=state in (AlarmState.RAISED, AlarmState.CLEARED),
            cleared_at__isnull=state in (AlarmState.RAISED, AlarmState.ACKNOWLEDGED),
        )


class Alarm(Limits):
    """A value of a unit or room outside its limits; never changed but acknowledged and cleared.

    The limits are those of the version under which it was raised. ``stream`` is the unit or room.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=60)
    resource_kind = models.CharField(max_length=10, choices=WatchedKind.choices)
    resource_label = models.CharField(max_length=160)
    value = _measure()
    began_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    raised_by_name = models.CharField(max_length=120)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    acknowledged_by_name = models.CharField(max_length=120, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.UUIDField(null=True)
    cleared_by_name = models.CharField(max_length=120, blank=True, default="")
    cleared_value = _measure(null=True)
    cleared_low = _measure(null=True)
    cleared_high = _measure(null=True)
    cleared_version = models.PositiveIntegerField(null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["stream", "began_at"], name="equipment_alarm_by_resource")]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="equipment_alarm_number"),
            models.UniqueConstraint(
                fields=["stream", "setting"], condition=Q(cleared_at__isnull=True), name=ONE_OPEN
            ),
            models.CheckConstraint(
                condition=Q(resource_kind__in=WatchedKind.values),
                name="equipment_alarm_resource_kind",
            ),
            # Without limits nothing is outside: that is refused, too.
            models.CheckConstraint(
                condition=Q(low__isnull=False, value__lt=F("low"))
                | Q(high__isnull=False, value__gt=F("high")),
                name="equipment_alarm_outside_limits",
            ),
            models.CheckConstraint(
                condition=Q(began_at__lte=F("raised_at")), name="equipment_alarm_began_before"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True, comment="")
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="equipment_alarm_acknowledged_at_by",
            ),
            models.CheckConstraint(
                condition=Q(critical=False) | Q(acknowledged_at__isnull=True) | ~Q(comment=""),
                name="equipment_alarm_critical_has_comment",
            ),
            models.CheckConstraint(
                condition=Q(
                    cleared_at__isnull=True, cleared_by__isnull=True, cleared_value__isnull=True
                )
                | Q(
                    cleared_at__isnull=False, cleared_by__isnull=False, cleared_value__isnull=False
                ),
                name="equipment_alarm_cleared_at_by",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True)
                | _within("cleared_value", "cleared_low", "cleared_high"),
                name="equipment_alarm_cleared_within",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> AlarmState:
        """Where it stands."""
        if self.acknowledged_at:
            return AlarmState.OVER if self.cleared_at else AlarmState.ACKNOWLEDGED
        return AlarmState.CLEARED if self.cleared_at else AlarmState.RAISED

    @property
    def found(self) -> str:
        """The value that raised it, as people write it."""
        return self.measured(self.value)

    @property
    def back(self) -> str:
        """The value that cleared it, as people write it."""
        return "" if self.cleared_value is None else self.measured(self.cleared_value)

    @property
    def is_over(self) -> bool:
        """Acknowledged and cleared."""
        return self.state == AlarmState.OVER


refuses("equipment_alarmsetting_watched_once", AlreadyWatched)
refuses("equipment_alarmsetting_limits", AlarmLimitsMissing)
refuses(ONE_OPEN, AlarmStands)
