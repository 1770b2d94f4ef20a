"""Rules of materials: each check raises the refusal that a person reads.

A conditional refusal can be passed by a concession of QA: the engine hands the codes that were
conceded for this step and time, and a check passes over those (never over absolute ones).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from materials import selectors, workflow
from materials.enums import ContainerStatus, LotStatus
from materials.exceptions import (
    ContainerGone,
    ContainerInQuarantine,
    ContainerStatusRefused,
    ContainerVoid,
    IdentifierMismatch,
    LabelTaken,
    LotExhausted,
    LotExpired,
    LotNotReleased,
    LotRanOut,
    LotRejected,
    LotStatusRefused,
    LotTaken,
    MaterialTaken,
    WrongContainer,
    WrongMaterial,
)
from materials.models import Container, Lot
from materials.numbers import plain
from mes.lib.isbt128 import ChainOfIdentity
from mes.lib.refusals import Interlock, Refusal, refuses

refuses("materials_material_code", MaterialTaken)
refuses("materials_lot_code", LotTaken)
refuses("materials_lot_not_below_zero", LotRanOut)
refuses("materials_container_label", LabelTaken)


def check_lot_usable(
    lot: Lot,
    material: str,
    quantity: Decimal,
    *,
    at: datetime,
    conceded: Collection[str] = (),
    streams: Sequence[UUID] = (),
) -> None:
    """Check that a step may take ``quantity`` of ``material`` from a lot at ``at``.

    Call it under the lot's lock. ``conceded`` are refusal codes with a concession in force.
    Raises WrongMaterial, LotRejected, LotNotReleased, LotExpired, LotExhausted; recorded on
    ``streams`` (the batch) and the lot (21 CFR 211.84, 211.87).
    """
    for refusal in lot_refusals(lot, material, quantity, at=at, streams=(*streams, lot.id)):
        if refusal.interlock is Interlock.ABSOLUTE or refusal.code not in conceded:
            raise refusal


def lot_refusals(
    lot: Lot, material: str, quantity: Decimal, *, at: datetime, streams: Sequence[UUID]
) -> Iterator[Refusal]:
    """Yield every reason why a step may not take from a lot, the hardest first.

    Each names the lots that may be taken instead, which are looked up only then.
    """
    if lot.material != material:
        yield WrongMaterial(
            field="lot", streams=streams, lot=lot.code, found=lot.material, material=material,
            usable=selectors.usable_text(material, at),
        )  # fmt: skip
    if lot.status == LotStatus.REJECTED:
        yield LotRejected(
            field="lot",
            streams=streams,
            lot=lot.code,
            material=lot.material,
            usable=selectors.usable_text(material, at),
        )
    if lot.quantity_left < quantity:
        yield LotExhausted(
            field="lot", streams=streams, lot=lot.code, left=plain(lot.quantity_left),
            asked=plain(quantity), unit=lot.unit, usable=selectors.usable_text(material, at),
        )  # fmt: skip
    if lot.status == LotStatus.QUARANTINE:
        yield LotNotReleased(
            field="lot",
            streams=streams,
            lot=lot.code,
            material=lot.material,
            usable=selectors.usable_text(material, at),
        )
    if lot.expires_at <= at:
        yield LotExpired(
            field="lot", streams=streams, lot=lot.code, material=lot.material,
            expired=lot.expires_at.isoformat(), usable=selectors.usable_text(material, at),
        )  # fmt: skip


def check_lot_becomes(lot: Lot, status: LotStatus) -> None:
    """Raise LotStatusRefused unless the lot's status may become ``status``."""
    if status not in workflow.LOT[lot.status]:
        raise LotStatusRefused(lot=lot.code, status=lot.status, wanted=status.value)


def check_container_of(coi: str, container: Container, *, streams: Sequence[UUID] = ()) -> None:
    """Check that a container is this patient's and its label is in force.

    Raises WrongContainer, ContainerVoid (both absolute). They are recorded on ``streams``, on
    the container and on the batch that it belongs to: another patient's container is an
    exception of both (EU GMP Part IV 9).
    """
    concerned = concerned_by(container, streams)
    if container.coi != coi:
        raise WrongContainer(
            field="container", streams=concerned, coi=coi, other=container.coi or container.label,
            other_mark=container.mark, other_label=container.label,
            other_batch=str(container.batch or ""), place=container.location or "–",
        )  # fmt: skip
    if container.status == ContainerStatus.VOID:
        raise ContainerVoid(field="container", streams=concerned, label=container.label)


def check_container_usable(
    container: Container, *, conceded: Collection[str] = (), streams: Sequence[UUID] = ()
) -> None:
    """Check that a container still holds its material and no doubt keeps it.

    Raises ContainerGone (absolute), ContainerInQuarantine (conditional: see ``conceded``).
    """
    concerned = concerned_by(container, streams)
    if container.status == ContainerStatus.CONSUMED:
        raise ContainerGone(field="container", streams=concerned, label=container.label)
    doubtful = container.status == ContainerStatus.QUARANTINE
    if doubtful and ContainerInQuarantine.code not in conceded:
        raise ContainerInQuarantine(
            field="container", streams=concerned, label=container.label, reason=container.reason
        )


def check_second_identifier(
    container: Container, scanned: str, *, typed: bool = False, streams: Sequence[UUID] = ()
) -> None:
    """Check the second of two independent identifiers against a container.

    It is the chain of identity or the donation number, scanned with its data identifier or
    ``typed`` with its check character. Raises ScanUnreadable, IdentifierMismatch (absolute).
    """
    concerned = concerned_by(container, streams)
    read = selectors.read_identifier(scanned, typed=typed, streams=concerned)
    expected = container.coi if isinstance(read, ChainOfIdentity) else container.din
    if not expected or read.code != expected:
        raise IdentifierMismatch(
            field="second", streams=concerned, said=read.code, coi=container.coi
        )


def concerned_by(container: Container, streams: Sequence[UUID]) -> tuple[UUID, ...]:
    """Return the streams on which a refusal about a container is recorded."""
    batch = (container.batch,) if container.batch else ()
    return tuple(dict.fromkeys((*streams, container.id, *batch)))


def check_container_becomes(container: Container, status: ContainerStatus) -> None:
    """Raise ContainerStatusRefused unless the container's status may become ``status``."""
    if status not in workflow.CONTAINER[container.status]:
        raise ContainerStatusRefused(
            label=container.label, status=container.status, wanted=status.value
        )
