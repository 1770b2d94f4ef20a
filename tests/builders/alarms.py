"""Alarms of units and rooms, by the real services."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from equipment.models import Alarm
from equipment.services.alarms import (
    Watch,
    acknowledge_alarm,
    clear_alarm,
    raise_alarm,
    set_alarm_setting,
)
from mes.lib import clock
from records.commands import Actor
from records.reading import reading
from tests.builders.accounts import a_command
from tests.builders.equipment import engineer

WHY = "Q-88: the medium is stable from 2 to 8."
SEEN = "The door stood ajar; closed."


def watch(
    *, watched: str = "Temperature", low: str | None = "2", high: str | None = "8",
    critical: bool = False, justification: str = WHY,
) -> Watch:  # fmt: skip
    """Limits of what is watched, in degrees."""
    return Watch(
        watched=watched, unit="Cel", low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high), critical=critical,
        justification=justification,
    )  # fmt: skip


def watched(
    site: UUID, resource: UUID, *, critical: bool = False, what: str = "Temperature"
) -> UUID:
    """Watch something of a unit or room; return the setting."""
    reply = set_alarm_setting(
        command=a_command(engineer(site)), resource=resource,
        watch=watch(watched=what, critical=critical),
    )  # fmt: skip
    return UUID(str(reply["setting"]))


def changed(
    site: UUID, resource: UUID, setting: UUID, wanted: Watch, reason: str = "Requalified."
) -> None:
    """Set the next version of a setting."""
    set_alarm_setting(
        command=a_command(engineer(site)), resource=resource, watch=wanted, setting=setting,
        reason=reason,
    )  # fmt: skip


def raised(
    site: UUID, resource: UUID, setting: UUID, *, value: str = "9.5", began: datetime | None = None,
    by: Actor | None = None,
) -> UUID:  # fmt: skip
    """Raise an alarm, by engineering unless somebody is named."""
    reply = raise_alarm(
        command=a_command(by or engineer(site)), resource=resource, setting=setting,
        value=Decimal(value), began=began or clock.now(),
    )  # fmt: skip
    return UUID(str(reply["alarm"]))


def acknowledged(site: UUID, alarm: UUID, *, comment: str = SEEN, by: Actor | None = None) -> None:
    """Acknowledge an alarm."""
    acknowledge_alarm(command=a_command(by or engineer(site)), alarm=alarm, comment=comment)


def cleared(site: UUID, alarm: UUID, *, value: str = "5", by: Actor | None = None) -> None:
    """Clear an alarm."""
    clear_alarm(command=a_command(by or engineer(site)), alarm=alarm, value=Decimal(value))


def alarm_of(site: UUID, alarm: UUID) -> Alarm:
    """Read an alarm."""
    with reading(site=site):
        return Alarm.objects.get(id=alarm)
