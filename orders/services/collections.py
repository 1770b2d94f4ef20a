"""Collections: announced by the centre, received against two independent identifiers.

Irreplaceable material is always received: a doubt puts the bag into quarantine as this
patient's, an unproven identity sets it apart as nobody's.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from materials.enums import ContainerKind
from materials.selectors import next_label, scanned_text
from materials.services import ContainerDraft
from materials.services import receive_container as receive_into_store
from mes.lib import isbt128
from mes.lib.ids import uuid7
from mes.lib.isbt128 import ScanError
from orders import rules, selectors
from orders.entries import CollectionAnnounced, CollectionReceived, CollectionSetApart, Proof
from orders.exceptions import DinInvalid, RangeReversed, TimesReversed
from orders.models import Collection, Order
from orders.rules import Reading
from orders.validators import check_text
from records.act import Act, act, acting
from records.commands import Command, Reply

# Told when a bag waits in quarantine, so that QA opens what must be answered.
COLLECTION_QUARANTINED = "collection.quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What the centre says of one collection. Temperatures in Cel, times when known.

    ``din`` is typed with its check character or scanned.
    """

    din: Reading
    bags: int = 1
    started_at: datetime | None = None
    ended_at: datetime | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One bag as it stands on the receiving bench.

    ``label`` is the bag's own label; empty lets us give one. ``volume`` in mL, ``low`` and
    ``high`` are the logger's extremes in Cel, None without a record. ``seen`` is what is wrong
    with the bag to the eye.
    """

    first: Reading
    second: Reading
    volume: Decimal
    label: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    logger: str = ""
    note: str = ""
    seen: str = ""
    location: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    container: UUID = field(default_factory=uuid7)


@acting
def announce_collection(*, command: Command, order: UUID, announced: Announcement) -> Reply:
    """Keep what a centre says it sends; appends ``collection.announced``.

    A further collection of the same order keeps its chain of identity (CI-1). Raises
    DinInvalid, DinTaken, TimesReversed, RangeReversed, OrderStateRefused.
    """
    collection = uuid7()
    with act(command, streams=[order, *rules.themselves(command.actor)]) as a:
        check_permission(a.actor, Permission.ORDERS_WRITE)
        seen = selectors.order_of(order)
        rules.check_may_see(a.actor, seen)
        rules.check_receivable(seen)
        _check_times(announced.started_at, announced.ended_at)
        _check_range(announced.low, announced.high)
        said = CollectionAnnounced(
            collection=collection,
            din=_din(announced.din),
            bags=max(1, announced.bags),
            started_at=announced.started_at,
            ended_at=announced.ended_at,
            low=announced.low,
            high=announced.high,
        )
        a.append(order, said)
        a.reply = {"collection": str(collection), "din": said.din}
    return a.reply


def _din(given: Reading) -> str:
    read = isbt128.type_din if given.how == "typed" else isbt128.scan_din
    try:
        return read(given.plain).code
    except ScanError as error:
        raise DinInvalid(field="din", said=given.plain, reason=error.reason) from error


def _check_times(started: datetime | None, ended: datetime | None) -> None:
    if started and ended and started >= ended:
        raise TimesReversed(field="ended_at")


def _check_range(low: Decimal | None, high: Decimal | None) -> None:
    if low is not None and high is not None and low > high:
        raise RangeReversed(field="high")


@acting
def receive_collection(*, command: Command, order: UUID, receipt: Receipt) -> Reply:
    """Receive one bag as this patient's, against two independent identifiers (CI-6).

    Appends ``collection.received`` and, in the same act, ``container.received``. A gap of
    custody (CI-5) or a doubt of the receiving person puts the container into quarantine and
    tells ``collection.quarantined``. Raises ReceiptUnreadable, NotIndependent, ReceiptMismatch
    (all recorded), OrderStateRefused, TimesReversed, RangeReversed, NotAQuantity, LabelTaken.
    Replies with ``container``, ``label``, ``doubt``.
    """
    draft_new = ContainerDraft(
        id=receipt.container, label="-", kind=ContainerKind.COLLECTION, coi=""
    ).new(command.actor.site)
    with act(command, streams=[order], new=[draft_new]) as a:
        check_permission(a.actor, Permission.ORDERS_RECEIVE)
        seen = selectors.order_of(order)
        rules.check_receivable(seen)
        collections = selectors.collections_of(order)
        proofs = rules.check_two_identifiers(
            seen, collections, first=receipt.first, second=receipt.second
        )
        _check_receipt(a, receipt)
        _receive(a, seen, _collection(collections, proofs), proofs, receipt)
    return a.reply


def _check_receipt(a: Act, receipt: Receipt) -> None:
    _check_times(receipt.started_at, receipt.ended_at)
    if receipt.ended_at and receipt.ended_at > a.now:
        raise TimesReversed(field="ended_at")
    _check_range(receipt.low, receipt.high)


def _collection(collections: list[Collection], proofs: tuple[Proof, Proof]) -> Collection | None:
    """Return the announced collection that a bag belongs to: by its DIN, else the next due."""
    if proofs[1].which == "din":
        return next(c for c in collections if c.din == proofs[1].read)
    waiting = [c for c in collections if c.bags_received < c.bags]
    return next(iter(waiting or collections), None)


def _receive(
    a: Act, order: Order, collection: Collection | None, proofs: tuple[Proof, Proof], r: Receipt
) -> None:
    doubt = rules.doubts(collection, low=r.low, high=r.high, seen=r.seen)
    label = scanned_text(r.label) or next_label(order.coi, ContainerKind.COLLECTION)
    draft = ContainerDraft(
        id=r.container, label=label, kind=ContainerKind.COLLECTION, coi=order.coi,
        mark=order.mark, din=collection.din if collection else "", volume=r.volume,
        location=r.location,
    )  # fmt: skip
    receive_into_store(a, draft, doubt=doubt)
    said = CollectionReceived(
        collection=collection.id if collection else uuid7(), din=draft.din, container=draft.id,
        label=label, proofs=proofs, volume=r.volume, low=r.low, high=r.high, logger=r.logger[:60],
        note=r.note[:1000], started_at=r.started_at, ended_at=r.ended_at, doubt=doubt,
    )  # fmt: skip
    a.append(order.id, said)
    if doubt:
        _tell(a, order.id, draft, doubt)
    a.reply = {"container": str(draft.id), "label": label, "doubt": doubt}


@acting
def set_collection_apart(*, command: Command, order: UUID, receipt: Receipt, reason: str) -> Reply:
    """Receive a bag into quarantine whose identity is not proven: stored, and nobody's.

    No step accepts the container, because it carries no chain of identity. Appends
    ``collection.set_apart`` on the order and ``container.received``, and tells
    ``collection.quarantined``. Raises TextMissing, NotAQuantity, LabelTaken.
    """
    draft = ContainerDraft(
        id=receipt.container,
        label=scanned_text(receipt.label) or f"X-{receipt.container.hex[-10:].upper()}",
        kind=ContainerKind.COLLECTION,
        coi="",
        volume=receipt.volume,
        location=receipt.location,
    )
    with act(command, streams=[order], new=[draft.new(command.actor.site)]) as a:
        check_permission(a.actor, Permission.ORDERS_RECEIVE)
        text = check_text(reason, field="reason", most=400)
        receive_into_store(a, draft, doubt=text)
        said = CollectionSetApart(
            container=draft.id, label=draft.label, first=receipt.first.plain,
            second=receipt.second.plain, reason=text,
        )  # fmt: skip
        a.append(order, said)
        _tell(a, order, draft, text)
        a.reply = {"container": str(draft.id), "label": draft.label, "doubt": text}
    return a.reply


def _tell(a: Act, order: UUID, draft: ContainerDraft, doubt: str) -> None:
    """Tell QA, with the batch that the order has by now: one issued later asks the order."""
    batch = Order.objects.values_list("batch", flat=True).get(id=order)
    a.enqueue(
        COLLECTION_QUARANTINED,
        {
            "order": str(order), "container": str(draft.id), "label": draft.label,
            "batch": str(batch or ""), "reason": doubt,
        },
    )  # fmt: skip
