"""Entries of materials → rows."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F

from materials.entries import (
    ContainerClockStarted,
    ContainerConsumed,
    ContainerDrawn,
    ContainerFilled,
    ContainerMade,
    ContainerMoved,
    ContainerQuarantined,
    ContainerReceived,
    ContainerReleased,
    ContainerStored,
    ContainerVoided,
    LabelApplied,
    LabelIssued,
    LabelVoided,
    LotConsumed,
    LotQuarantined,
    LotReceived,
    LotReleased,
    LotWasRejected,
)
from materials.enums import ContainerStatus, LabelState, LotStatus
from materials.models import Container, ContainerClock, ContainerSource, LabelPrint, Lot, LotUse
from records.folding import Folded, change, create, fold


@fold(LotReceived)
def _(e: Folded[LotReceived]) -> None:
    p = e.payload
    create(
        Lot, e, id=e.stream, code=p.code, material=p.material, supplier=p.supplier,
        supplier_lot=p.supplier_lot, received_at=e.at, expires_at=p.expires_at,
        status=LotStatus.QUARANTINE, reason="", quantity_received=p.quantity,
        quantity_left=p.quantity, unit=p.unit, location=p.location,
    )  # fmt: skip


@fold(LotReleased)
def _(e: Folded[LotReleased]) -> None:
    change(Lot.objects.all(), e, status=LotStatus.RELEASED, reason=e.payload.basis)


@fold(LotWasRejected)
def _(e: Folded[LotWasRejected]) -> None:
    change(Lot.objects.all(), e, status=LotStatus.REJECTED, reason=e.payload.reason)


@fold(LotQuarantined)
def _(e: Folded[LotQuarantined]) -> None:
    change(Lot.objects.all(), e, status=LotStatus.QUARANTINE, reason=e.payload.reason)


@fold(LotConsumed)
def _(e: Folded[LotConsumed]) -> None:
    p = e.payload
    change(Lot.objects.all(), e, quantity_left=F("quantity_left") - p.quantity)
    create(
        LotUse, e, id=p.use, lot=e.stream, batch=p.batch, step=p.step, quantity=p.quantity,
        at=e.at, by=e.actor_name,
    )  # fmt: skip


@fold(ContainerMade)
def _(e: Folded[ContainerMade]) -> None:
    p = e.payload
    create(
        Container, e, id=e.stream, label=p.label, kind=p.holds, coi=p.coi, mark=p.mark, din=p.din,
        batch=p.batch, volume=p.volume, unit=p.unit, status=ContainerStatus.IN_USE, reason="",
        location=p.location, made_at=e.at,
    )  # fmt: skip
    _came_from(e, p.sources, p.clocks)


def _came_from(
    e: Folded[ContainerMade] | Folded[ContainerFilled],
    sources: tuple[UUID, ...],
    clocks: dict[str, datetime],
) -> None:
    known = ContainerSource.objects.filter(container=e.stream).values_list("source", flat=True)
    for source in dict.fromkeys(sources):
        if source not in known:
            create(ContainerSource, e, container=e.stream, source=source)
    for name, since in clocks.items():
        _set_clock(e, name, since)


def _set_clock(e: Folded[Any], name: str, since: datetime) -> None:
    if not change(ContainerClock.objects.filter(name=name), e, since=since):
        create(ContainerClock, e, id=uuid5(e.stream, name), name=name, since=since)


@fold(ContainerFilled)
def _(e: Folded[ContainerFilled]) -> None:
    p = e.payload
    if p.now is not None:
        change(Container.objects.all(), e, volume=p.now, unit=p.unit)
    _came_from(e, p.sources, p.clocks)


@fold(ContainerDrawn)
def _(e: Folded[ContainerDrawn]) -> None:
    if e.payload.left is not None:
        change(Container.objects.all(), e, volume=e.payload.left)


@fold(ContainerClockStarted)
def _(e: Folded[ContainerClockStarted]) -> None:
    _set_clock(e, e.payload.clock, e.at)


@fold(ContainerReceived)
def _(e: Folded[ContainerReceived]) -> None:
    p = e.payload
    status = ContainerStatus.QUARANTINE if p.doubt else ContainerStatus.RECEIVED
    create(
        Container, e, id=e.stream, label=p.label, kind=p.holds, coi=p.coi, mark=p.mark, din=p.din,
        batch=None, volume=p.volume, unit=p.unit, status=status, reason=p.doubt,
        location=p.location, made_at=e.at,
    )  # fmt: skip


@fold(ContainerMoved)
def _(e: Folded[ContainerMoved]) -> None:
    change(Container.objects.all(), e, location=e.payload.location)


@fold(ContainerStored)
def _(e: Folded[ContainerStored]) -> None:
    change(Container.objects.all(), e, status=ContainerStatus.STORED, location=e.payload.location)


@fold(ContainerConsumed)
def _(e: Folded[ContainerConsumed]) -> None:
    p = e.payload
    change(Container.objects.all(), e, status=ContainerStatus.CONSUMED, reason=p.step)


@fold(ContainerReleased)
def _(e: Folded[ContainerReleased]) -> None:
    p = e.payload
    change(Container.objects.all(), e, status=ContainerStatus.RELEASED, reason=p.basis)


@fold(ContainerQuarantined)
def _(e: Folded[ContainerQuarantined]) -> None:
    p = e.payload
    change(Container.objects.all(), e, status=ContainerStatus.QUARANTINE, reason=p.reason)


@fold(ContainerVoided)
def _(e: Folded[ContainerVoided]) -> None:
    change(Container.objects.all(), e, status=ContainerStatus.VOID, reason=e.payload.reason)


@fold(LabelIssued)
def _(e: Folded[LabelIssued]) -> None:
    p = e.payload
    create(
        LabelPrint, e, id=p.label, container=e.stream, code=p.code, serial=p.serial,
        batch=p.batch, state=LabelState.ISSUED, reason=p.reason,
    )  # fmt: skip


@fold(LabelApplied)
def _(e: Folded[LabelApplied]) -> None:
    change(LabelPrint.objects.filter(id=e.payload.label), e, state=LabelState.APPLIED)


@fold(LabelVoided)
def _(e: Folded[LabelVoided]) -> None:
    p = e.payload
    change(LabelPrint.objects.filter(id=p.label), e, state=p.outcome, reason=p.reason)
