"""From the entries of rooms, places and units to their rows. Claims lie on both streams."""

from datetime import datetime, time
from uuid import uuid5

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from equipment import entries, entries_before
from equipment.enums import ClaimState, UnitStatus
from equipment.models import Alarm, AlarmSetting, Claim, Place, Room, Unit
from records.folding import Folded, change, create, fold

# Imported so that what was written in earlier versions can be read.
EARLIER = entries_before


@fold(entries.RoomOpened)
def _(e: Folded[entries.RoomOpened]) -> None:
    p = e.payload
    create(Room, e, id=e.stream, code=p.code, name=p.name, room_class=p.room_class, policy=p.policy)


@fold(entries.RoomHoursSet)
def _(e: Folded[entries.RoomHoursSet]) -> None:
    p = e.payload
    days = None if p.days is None else list(p.days)
    change(Room.objects.all(), e, opens=_wall(p.opens), closes=_wall(p.closes), days=days)


@fold(entries.PlaceMade)
def _(e: Folded[entries.PlaceMade]) -> None:
    p = e.payload
    create(Place, e, id=e.stream, room_id=p.room, number=p.number, label=p.label, barcode=p.barcode)


@fold(entries.UnitCommissioned)
def _(e: Folded[entries.UnitCommissioned]) -> None:
    p = e.payload
    create(
        Unit, e, id=e.stream, code=p.code, unit_class=p.unit_class, barcode=p.barcode,
        place_id=p.place, status=UnitStatus.AVAILABLE, calibration_due=p.calibration_due,
        is_clean=True, cleaning_due=p.cleaning_due,
    )  # fmt: skip


@fold(entries.UnitCalibrated)
def _(e: Folded[entries.UnitCalibrated]) -> None:
    change(Unit.objects.all(), e, calibration_due=e.payload.due)


@fold(entries.UnitCleaned)
def _(e: Folded[entries.UnitCleaned]) -> None:
    change(Unit.objects.all(), e, is_clean=True, cleaning_due=e.payload.due)


@fold(entries.UnitStatusSet)
def _(e: Folded[entries.UnitStatusSet]) -> None:
    change(Unit.objects.all(), e, status=e.payload.status, status_reason=e.payload.reason)


@fold(entries.UnitCapabilitiesSet)
def _(e: Folded[entries.UnitCapabilitiesSet]) -> None:
    can = e.payload.capabilities
    change(Unit.objects.all(), e, capabilities=None if can is None else list(can))


@fold(entries.ClaimPlanned)
def _(e: Folded[entries.ClaimPlanned]) -> None:
    p = e.payload
    create(
        Claim, e, id=p.claim, resource_kind=p.resource_kind, resource_label=p.resource_label,
        holder_kind=p.holder_kind, holder=p.holder, holder_label=p.holder_label,
        holder_mark=p.holder_mark, purpose=p.purpose, stages=_plain(p.stages), alias=p.alias,
        exclusive=p.exclusive, during=_hours(p.start, p.end), work_end=p.work_end,
        state=ClaimState.PLANNED, plan=p.plan,
    )  # fmt: skip


@fold(entries.ClaimMoved)
def _(e: Folded[entries.ClaimMoved]) -> None:
    p = e.payload
    change(
        Claim.objects.filter(id=p.claim), e, state=ClaimState.PLANNED, work_end=p.work_end,
        during=_hours(p.start, p.end), stages=_plain(p.stages),
    )  # fmt: skip


@fold(entries.ClaimOccupied)
def _(e: Folded[entries.ClaimOccupied]) -> None:
    p = e.payload
    change(
        Claim.objects.filter(id=p.claim), e, state=ClaimState.OCCUPIED, work_end=p.work_end,
        during=_hours(p.start, p.end),
    )  # fmt: skip


@fold(entries.ClaimExtended)
def _(e: Folded[entries.ClaimExtended]) -> None:
    p = e.payload
    change(Claim.objects.filter(id=p.claim), e, work_end=p.work_end, during=_hours(p.start, p.end))


@fold(entries.ClaimReleased)
def _(e: Folded[entries.ClaimReleased]) -> None:
    p = e.payload
    change(
        Claim.objects.filter(id=p.claim), e, state=ClaimState.RELEASED, work_end=p.end,
        during=_hours(p.start, p.end),
    )  # fmt: skip
    if not p.cleaned:
        change(Unit.objects.all(), e, is_clean=False)


@fold(entries.ClaimWithdrawn)
def _(e: Folded[entries.ClaimWithdrawn]) -> None:
    change(Claim.objects.filter(id=e.payload.claim), e, state=ClaimState.WITHDRAWN)


@fold(entries.ClaimConflicted)
def _(e: Folded[entries.ClaimConflicted]) -> None:
    change(Claim.objects.filter(id=e.payload.claim), e, state=ClaimState.IN_CONFLICT)


@fold(entries.AlarmSettingSet)
def _(e: Folded[entries.AlarmSettingSet]) -> None:
    p = e.payload
    before = AlarmSetting.objects.filter(setting=p.setting, superseded_at__isnull=True)
    change(before, e, superseded_at=e.at)
    create(
        AlarmSetting, e, id=uuid5(e.stream, f"alarm-setting/{p.setting}/{p.setting_version}"),
        setting=p.setting, setting_version=p.setting_version, watched=p.watched, unit=p.unit,
        low=p.low, high=p.high, critical=p.critical, justification=p.justification,
        reason=p.reason, set_at=e.at, set_by=e.actor, set_by_name=e.actor_name,
    )  # fmt: skip


@fold(entries.AlarmRaised)
def _(e: Folded[entries.AlarmRaised]) -> None:
    p = e.payload
    create(
        Alarm, e, id=p.alarm, number=p.number, resource_kind=p.resource_kind,
        resource_label=p.resource_label, setting=p.setting, setting_version=p.setting_version,
        watched=p.watched, unit=p.unit, low=p.low, high=p.high, critical=p.critical,
        value=p.value, began_at=p.began, raised_at=e.at, raised_by=e.actor,
        raised_by_name=e.actor_name,
    )  # fmt: skip


@fold(entries.AlarmAcknowledged)
def _(e: Folded[entries.AlarmAcknowledged]) -> None:
    change(
        Alarm.objects.filter(id=e.payload.alarm), e, acknowledged_at=e.at,
        acknowledged_by=e.actor, acknowledged_by_name=e.actor_name, comment=e.payload.comment,
    )  # fmt: skip


@fold(entries.AlarmCleared)
def _(e: Folded[entries.AlarmCleared]) -> None:
    p = e.payload
    change(
        Alarm.objects.filter(id=p.alarm), e, cleared_at=e.at, cleared_by=e.actor,
        cleared_by_name=e.actor_name, cleared_value=p.value, cleared_low=p.low,
        cleared_high=p.high, cleared_version=p.setting_version,
    )  # fmt: skip


def _wall(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _hours(start: datetime, end: datetime) -> DateTimeTZRange:
    return DateTimeTZRange(start, end)


def _plain(stages: tuple[entries.StageSpan, ...]) -> list[dict[str, str]]:
    return [stage.model_dump(mode="json") for stage in stages]
