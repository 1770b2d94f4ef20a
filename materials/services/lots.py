"""Lots: received, released, rejected, quarantined, consumed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from materials import rules
from materials.entries import (
    LOT,
    LotConsumed,
    LotQuarantined,
    LotReceived,
    LotReleased,
    LotWasRejected,
)
from materials.enums import LotStatus
from materials.models import Lot
from materials.selectors import material_named
from materials.validators import check_quantity, check_text
from mes.lib.ids import uuid7
from records.act import Act, New, act, acting
from records.commands import Command, Reply

# Told when a lot may no longer be used; batches that took from it get a quality hold.
LOT_QUARANTINED = "lot.quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came in. ``quantity`` is in the material's unit; ``code`` is the site's lot code."""

    code: str
    material: str
    supplier: str
    supplier_lot: str
    expires_at: datetime
    quantity: Decimal
    location: str


@acting
def receive_lot(*, command: Command, delivery: Delivery) -> Reply:
    """Receive a lot into quarantine (21 CFR 211.82); appends ``lot.received``.

    Raises MaterialUnknown, NotAQuantity, TextMissing, LotTaken. Replies with the lot's id.
    """
    lot = uuid7()
    with act(command, new=[New(LOT, lot, command.actor.site)]) as a:
        check_permission(a.actor, Permission.MATERIALS_MANAGE)
        material = material_named(delivery.material)
        said = LotReceived(
            code=check_text(delivery.code, field="code", most=60),
            material=material.code,
            supplier=check_text(delivery.supplier, field="supplier", most=160),
            supplier_lot=check_text(delivery.supplier_lot, field="supplier_lot", most=60),
            expires_at=delivery.expires_at,
            quantity=check_quantity(delivery.quantity),
            unit=material.unit,
            location=check_text(delivery.location, field="location", most=120),
        )
        a.append(lot, said)
        a.reply = {"lot": str(lot), "code": said.code}
    return a.reply


@acting
def release_lot(*, command: Command, lot: UUID, basis: str, seq: int | None = None) -> Reply:
    """Release a lot for use; appends ``lot.released``. ``basis`` names certificate or test.

    ``seq`` is the number of the last entry that the page showed. Raises LotStatusRefused, Stale.
    """
    with act(command, streams=[lot]) as a:
        check_permission(a.actor, Permission.MATERIALS_RELEASE)
        _seen(a, lot, LotStatus.RELEASED, seq=seq)
        a.append(lot, LotReleased(basis=check_text(basis, field="basis", most=400)))
        a.reply = {"lot": str(lot), "status": LotStatus.RELEASED.value}
    return a.reply


@acting
def reject_lot(*, command: Command, lot: UUID, reason: str, seq: int | None = None) -> Reply:
    """Reject a lot; appends ``lot.rejected`` and tells the batches that took from it.

    Raises LotStatusRefused, Stale, TextMissing.
    """
    with act(command, streams=[lot]) as a:
        check_permission(a.actor, Permission.MATERIALS_RELEASE)
        seen = _seen(a, lot, LotStatus.REJECTED, seq=seq)
        text = check_text(reason, field="reason", most=400)
        a.append(lot, LotWasRejected(reason=text))
        _tell(a, seen, LotStatus.REJECTED, reason=text)
        a.reply = {"lot": str(lot), "status": LotStatus.REJECTED.value}
    return a.reply


@acting
def quarantine_lot(*, command: Command, lot: UUID, reason: str, seq: int | None = None) -> Reply:
    """Put a lot (back) into quarantine; appends ``lot.quarantined`` and tells its batches.

    Raises LotStatusRefused, Stale, TextMissing.
    """
    with act(command, streams=[lot]) as a:
        check_permission(a.actor, Permission.MATERIALS_RELEASE)
        seen = _seen(a, lot, LotStatus.QUARANTINE, seq=seq)
        text = check_text(reason, field="reason", most=400)
        a.append(lot, LotQuarantined(reason=text))
        _tell(a, seen, LotStatus.QUARANTINE, reason=text)
        a.reply = {"lot": str(lot), "status": LotStatus.QUARANTINE.value}
    return a.reply


def _seen(a: Act, lot: UUID, status: LotStatus, *, seq: int | None) -> Lot:
    if seq is not None:
        a.expect(lot, seq)
    seen = Lot.objects.get(id=lot)
    rules.check_lot_becomes(seen, status)
    return seen


def _tell(a: Act, lot: Lot, status: LotStatus, *, reason: str) -> None:
    a.enqueue(
        LOT_QUARANTINED,
        {"lot": str(lot.id), "code": lot.code, "status": status.value, "reason": reason},
    )


def consume_lot(a: Act, lot: UUID, quantity: Decimal, by_batch: UUID, step: str) -> None:
    """Take ``quantity`` (the lot's unit) out of a locked lot for a batch's step.

    Appends ``lot.consumed``, which lowers what is left and keeps the use. Check with
    ``rules.check_lot_usable`` first; raises NotAQuantity, and LotRanOut from the table.
    """
    said = LotConsumed(use=uuid7(), quantity=check_quantity(quantity), batch=by_batch, step=step)
    a.append(lot, said)
