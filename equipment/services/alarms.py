"""Alarms of units and rooms: what is watched, and what left its limits (draft Annex 11, 8)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission, written
from equipment import selectors
from equipment.entries import AlarmAcknowledged, AlarmCleared, AlarmRaised, AlarmSettingSet
from equipment.enums import WatchedKind
from equipment.exceptions import (
    AlarmAcknowledgedBefore,
    AlarmClearedBefore,
    AlarmCommentMissing,
    AlarmInFuture,
    AlarmLimitsMissing,
    AlarmStands,
    AlreadyWatched,
    JustificationMissing,
    ValueOutsideLimits,
    ValueWithinLimits,
)
from equipment.models import Alarm, AlarmSetting, Unit
from mes.lib.ids import uuid7
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading, the_one

ALARM_CHANGED = "alarm.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is watched and within which limits, both within themselves. ``unit`` is UCUM."""

    watched: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    critical: bool
    justification: str


@acting
def set_alarm_setting(
    *,
    command: Command,
    resource: UUID,
    watch: Watch,
    setting: UUID | None = None,
    reason: str = "",
    seq: int | None = None,
) -> Reply:
    """Watch something of a unit or room, or change a ``setting``: its next version, with a reason.

    Appends ``alarm_setting.set``. An open alarm keeps the limits under which it was raised.
    Raises AlarmLimitsMissing, JustificationMissing, ReasonMissing, AlreadyWatched, NotFound, Stale.
    """
    _check_watch(watch)
    with act(command, streams=[resource]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        selectors.watched(resource)
        if seq is not None:
            a.expect(resource, seq)
        said = _next(resource, watch, setting, reason)
        a.append(resource, said)
        a.reply = {"setting": str(said.setting), "version": said.setting_version}
    return a.reply


def _check_watch(watch: Watch) -> None:
    low, high = watch.low, watch.high
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        raise AlarmLimitsMissing(field="low")
    if not watch.justification.strip():
        raise JustificationMissing(field="justification")


def _next(resource: UUID, watch: Watch, setting: UUID | None, reason: str) -> AlarmSettingSet:
    """Return the next version of a setting, or the first one; a changed one keeps its name."""
    name, version, why = watch.watched.strip(), 1, ""
    there = selectors.settings_in_force(resource)
    if setting is None and any(one.watched == name for one in there):
        raise AlreadyWatched(field="watched")
    if setting is not None:
        before = _in_force(resource, setting)
        name, version, why = before.watched, before.setting_version + 1, written(reason)
    return AlarmSettingSet(
        setting=setting or uuid7(), setting_version=version, watched=name, unit=watch.unit.strip(),
        low=watch.low, high=watch.high, critical=watch.critical,
        justification=watch.justification.strip(), reason=why,
    )  # fmt: skip


def _in_force(resource: UUID, setting: UUID) -> AlarmSetting:
    rows = AlarmSetting.objects.filter(stream=resource, superseded_at__isnull=True)
    return the_one(rows.filter(setting=setting))


@acting
def raise_alarm(
    *, command: Command, resource: UUID, setting: UUID, value: Decimal, began: datetime
) -> Reply:
    """Say that a value left the limits in force at ``began``; tells quality (``alarm.changed``).

    Appends ``alarm.raised``. Raises ValueWithinLimits, AlarmInFuture, AlarmStands, NotFound.
    """
    with act(command, streams=[resource]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_ALARM)
        thing, of = selectors.watched(resource), _in_force(resource, setting)
        _check_new(of, value, began, now=a.now)
        alarm, code = uuid7(), thing.code
        said = AlarmRaised(
            alarm=alarm, number=f"{code}-A{Alarm.objects.on([resource]).count() + 1}",
            resource_kind=selectors.kind_of(thing).value,
            resource_label=code if isinstance(thing, Unit) else thing.name, setting=setting,
            setting_version=of.setting_version, watched=of.watched, unit=of.unit, low=of.low,
            high=of.high, critical=of.critical, value=value, began=began,
        )  # fmt: skip
        a.append(resource, said)
        a.enqueue(ALARM_CHANGED, {"alarm": str(alarm)})
        a.reply = {"alarm": str(alarm), "number": said.number}
    return a.reply


def _check_new(of: AlarmSetting, value: Decimal, began: datetime, *, now: datetime) -> None:
    if of.holds(value):
        raise ValueWithinLimits(field="value", value=of.measured(value), limits=of.limits)
    if began > now:
        raise AlarmInFuture(field="began")
    if Alarm.objects.filter(
        stream=of.stream, setting=of.setting, cleared_at__isnull=True
    ).exists():  # fmt: skip
        raise AlarmStands(field="setting")


def _seen(command: Command, alarm: UUID) -> Alarm:
    with reading(site=command.actor.site, person=command.actor.person):
        return the_one(Alarm.objects.filter(id=alarm))


@acting
def acknowledge_alarm(*, command: Command, alarm: UUID, comment: str) -> Reply:
    """Say that an alarm was seen, a critical one with what was done; once.

    Appends ``alarm.acknowledged``. Raises AlarmCommentMissing, AlarmAcknowledgedBefore, NotFound.
    """
    resource = _seen(command, alarm).stream
    with act(command, streams=[resource]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_ALARM)
        row = the_one(Alarm.objects.filter(id=alarm))
        if row.acknowledged_at:
            raise AlarmAcknowledgedBefore(by=row.acknowledged_by_name, number=row.number)
        text = comment.strip()
        if row.critical and not text:
            raise AlarmCommentMissing(field="comment", number=row.number)
        a.append(resource, AlarmAcknowledged(alarm=alarm, number=row.number, comment=text))
        a.reply = {"alarm": str(alarm)}
    return a.reply


@acting
def clear_alarm(*, command: Command, alarm: UUID, value: Decimal) -> Reply:
    """Say that the value is back within the limits, those in force by now; once.

    Locks the places and units of a room, so that no batch comes in while it is said until when
    the alarm stood, and tells quality. Appends ``alarm.cleared``. Raises ValueOutsideLimits,
    AlarmClearedBefore, NotFound.
    """
    seen = _seen(command, alarm)
    with reading(site=command.actor.site):
        inside = _inside(seen)
    with act(command, streams=[seen.stream, *inside]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_ALARM)
        row = the_one(Alarm.objects.filter(id=alarm))
        if row.cleared_at:
            raise AlarmClearedBefore(by=row.cleared_by_name, number=row.number)
        _clear(a, row, value)
        a.enqueue(ALARM_CHANGED, {"alarm": str(alarm)})
        a.reply = {"alarm": str(alarm)}
    return a.reply


def _inside(alarm: Alarm) -> list[UUID]:
    on_room = alarm.resource_kind == WatchedKind.ROOM
    return selectors.resources_of_room(alarm.stream) if on_room else []


def _clear(a: Act, row: Alarm, value: Decimal) -> None:
    of = _in_force(row.stream, row.setting)
    if not of.holds(value):
        raise ValueOutsideLimits(field="value", value=of.measured(value), limits=of.limits)
    said = AlarmCleared(
        alarm=row.id, number=row.number, value=value, unit=of.unit, low=of.low, high=of.high,
        setting_version=of.setting_version,
    )  # fmt: skip
    a.append(row.stream, said)
