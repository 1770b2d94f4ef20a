"""Acts on units: commissioning, calibration, cleaning, service."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission, written
from equipment.entries import (
    UnitCalibrated,
    UnitCapabilitiesSet,
    UnitCleaned,
    UnitCommissioned,
    UnitStatusSet,
)
from equipment.enums import UnitStatus
from equipment.validators import check_capabilities
from mes.lib.ids import uuid7
from records.act import New, act, acting
from records.commands import Command, Reply
from records.entries import Payload

UNIT_CAPABILITIES = "unit.capabilities"


@acting
def commission_unit(
    *,
    command: Command,
    code: str,
    unit_class: str,
    barcode: str,
    place: UUID | None = None,
    calibration_due: datetime | None = None,
    cleaning_due: datetime | None = None,
) -> Reply:
    """Bring a unit into use, clean; appends ``unit.commissioned``. Raises CodeTaken, NotFound."""
    unit = uuid7()
    new = [New("unit", unit, command.actor.site)]
    with act(command, streams=[place] if place else [], new=new) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        said = UnitCommissioned(
            code=code, unit_class=unit_class, barcode=barcode, place=place,
            calibration_due=calibration_due, cleaning_due=cleaning_due,
        )  # fmt: skip
        a.append(unit, said)
        a.reply = {"id": str(unit)}
    return a.reply


@acting
def calibrate_unit(
    *, command: Command, unit: UUID, due: datetime, certificate: str, seq: int | None = None
) -> Reply:
    """Record a calibration good until ``due``; appends ``unit.calibrated``.

    ``seq`` is what the page showed, here and below; raises Stale when the unit moved on.
    """
    return _say(command, unit, UnitCalibrated(due=due, certificate=certificate), seq)


@acting
def clean_unit(
    *, command: Command, unit: UUID, procedure: str, due: datetime | None = None,
    seq: int | None = None,
) -> Reply:  # fmt: skip
    """Record a cleaning, good until ``due`` or the next use; appends ``unit.cleaned``."""
    return _say(command, unit, UnitCleaned(procedure=procedure, due=due), seq)


@acting
def set_unit_status(
    *, command: Command, unit: UUID, status: UnitStatus, reason: str, seq: int | None = None
) -> Reply:
    """Take a unit out of service or bring it back; appends ``unit.status``.

    Tells planning (``unit.status``), which books nothing there meanwhile.
    """
    with act(command, streams=[unit]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        if seq is not None:
            a.expect(unit, seq)
        a.append(unit, UnitStatusSet(status=status, reason=reason))
        a.enqueue("unit.status", {"unit": str(unit), "status": str(status)})
        a.reply = {"id": str(unit)}
    return a.reply


@acting
def set_capabilities(
    *,
    command: Command,
    unit: UUID,
    capabilities: Sequence[str] | None,
    reason: str,
    seq: int | None = None,
) -> Reply:
    """Say what a unit can do of what recipes ask of its class; None: all of it.

    Appends ``unit.capabilities_set`` and tells planning. Raises CapabilityUnreadable,
    ReasonMissing, NotFound, Stale.
    """
    can = check_capabilities(capabilities)
    with act(command, streams=[unit]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        if seq is not None:
            a.expect(unit, seq)
        a.append(unit, UnitCapabilitiesSet(capabilities=can, reason=written(reason)))
        a.enqueue(UNIT_CAPABILITIES, {"unit": str(unit)})
        a.reply = {"id": str(unit)}
    return a.reply


def _say(command: Command, unit: UUID, said: Payload, seq: int | None) -> Reply:
    with act(command, streams=[unit]) as a:
        check_permission(a.actor, Permission.EQUIPMENT_MANAGE)
        if seq is not None:
            a.expect(unit, seq)
        a.append(unit, said)
        a.reply = {"id": str(unit)}
    return a.reply
