"""Rules of orders and of the receipt of cells; each check raises what a person reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from mes.lib import isbt128
from mes.lib.isbt128 import DonationNumber, ScanError
from mes.lib.refusals import NotFound, refuses
from orders import workflow
from orders.entries import Proof
from orders.enums import OrderState
from orders.exceptions import (
    CoiTaken,
    DinTaken,
    IdentityNeeded,
    NotIndependent,
    OrderStateRefused,
    ReceiptMismatch,
    ReceiptUnreadable,
    RegisterOpen,
)
from orders.models import Collection, Order, Patient
from records.commands import Actor

refuses("orders_order_coi_key", CoiTaken)
refuses("orders_order_number", CoiTaken)
refuses("orders_order_mark_among_live", CoiTaken)
refuses("orders_patient_pseudonym", CoiTaken)
refuses("orders_collection_din", DinTaken)
refuses("orders_register_one_a_site", RegisterOpen)
refuses("orders_coiregister_facility_key", RegisterOpen)

_LONGEST = 60
# A donation number as people type it: 13 characters, with or without the boxed one.
_LIKE_A_DIN = re.compile(r"[A-NP-Z1-9][A-NP-Z0-9]{2}\d{10}.?")


@dataclass(frozen=True, slots=True)
class Reading:
    """An identifier as it came: the text, and whether it was scanned or typed."""

    text: str
    how: Literal["scanned", "typed"]

    @property
    def plain(self) -> str:
        """The text without the scanner's prefix, shortened to what is kept."""
        return isbt128.without_symbology(self.text)[:_LONGEST]


# Somebody of a treatment centre, outside of the plant: sees what they entered themselves.
OUTSIDE = "treatment-centre"


def only_own(actor: Actor) -> UUID | None:
    """Return the person whose orders alone an actor may see, or None for all of the site."""
    return (actor.person or UUID(int=0)) if actor.role == OUTSIDE else None


def check_may_see(actor: Actor, order: Order) -> None:
    """Raise NotFound for an order that somebody from outside did not enter."""
    own = only_own(actor)
    if own is not None and order.entered_by != own:
        raise NotFound()


def check_may_see_patient(actor: Actor, patient: UUID) -> None:
    """Raise NotFound for a patient for whom somebody from outside entered no order."""
    own = only_own(actor)
    if own and not Order.objects.filter(patient=patient, entered_by=own).exists():
        raise NotFound()


def check_order_becomes(order: Order, state: OrderState) -> None:
    """Raise OrderStateRefused unless the order's state may become ``state``."""
    if state not in workflow.ORDER[order.state]:
        raise OrderStateRefused(order=order.number, state=order.state, wanted=state.value)


def check_receivable(order: Order) -> None:
    """Raise OrderStateRefused unless cells of the order may still come."""
    if order.state not in {OrderState.ENTERED, OrderState.COLLECTED, OrderState.IN_MANUFACTURE}:
        raise OrderStateRefused(
            order=order.number, state=order.state, wanted=OrderState.COLLECTED.value
        )


def check_two_identifiers(
    order: Order, collections: Sequence[Collection], *, first: Reading, second: Reading
) -> tuple[Proof, Proof]:
    """Check two independent identifiers of a bag against its order (CI-6); return the proofs.

    The first is the chain of identity. The second is the donation number that the centre
    announced, or the patient's pseudonym. Typed ones carry their check character (CI-3).
    Raises ReceiptUnreadable, NotIndependent, ReceiptMismatch, recorded on the order.
    """
    coi = _coi(order, first)
    if coi != order.coi:
        raise ReceiptMismatch(field="first", streams=[order.id], said=coi)
    proof = Proof(which="coi", read=coi, how=first.how)
    return proof, _second(order, collections, second)


def _coi(order: Order, given: Reading) -> str:
    read = isbt128.type_coi if given.how == "typed" else isbt128.scan_coi
    try:
        return read(given.plain).code
    except ScanError as error:
        raise _unreadable(order, "first", given, error) from error


def _second(order: Order, collections: Sequence[Collection], given: Reading) -> Proof:
    text = given.plain.upper()
    if text == order.pseudonym.upper():
        return Proof(which="pseudonym", read=order.pseudonym, how=given.how)
    if text.startswith(("&/", "CH")):
        raise NotIndependent(field="second", streams=[order.id])
    if not (text.startswith("=") or _LIKE_A_DIN.fullmatch(re.sub(r"[\s\[\]]", "", text))):
        raise ReceiptMismatch(field="second", streams=[order.id], said=given.plain)
    din = _din(order, given).code
    if din not in {collection.din for collection in collections}:
        raise ReceiptMismatch(field="second", streams=[order.id], said=din)
    return Proof(which="din", read=din, how=given.how)


def _din(order: Order, given: Reading) -> DonationNumber:
    read = isbt128.type_din if given.how == "typed" else isbt128.scan_din
    try:
        return read(given.plain)
    except ScanError as error:
        raise _unreadable(order, "second", given, error) from error


def _unreadable(order: Order, field: str, given: Reading, error: ScanError) -> ReceiptUnreadable:
    return ReceiptUnreadable(
        field=field, streams=[order.id], scanned=given.plain, reason=error.reason
    )


def doubts(
    collection: Collection | None, *, low: Decimal | None, high: Decimal | None, seen: str
) -> str:
    """Return why a received bag must wait in quarantine, or an empty text (CI-5).

    A missing temperature record is a gap of custody. A temperature outside what was promised
    is one too; without a promise the record is kept and nothing judged. ``seen`` is what the
    receiving person saw.
    """
    found = [seen.strip()] if seen.strip() else []
    if low is None or high is None:
        found.append(_("temperature record missing"))
    elif collection and _outside(collection, low, high):
        found.append(
            _("temperature %(low)s to %(high)s °C, promised %(from)s to %(to)s °C")
            % {
                "low": low,
                "high": high,
                "from": collection.promised_low,
                "to": collection.promised_high,
            }
        )
    return "; ".join(found)[:400]


def _outside(collection: Collection, low: Decimal, high: Decimal) -> bool:
    floor, ceiling = collection.promised_low, collection.promised_high
    return (floor is not None and low < floor) or (ceiling is not None and high > ceiling)


def check_identity_not_needed(patient: Patient) -> None:
    """Raise IdentityNeeded while an order of the patient runs: whose cells these are must be known.

    What stays after the erasure is the pseudonymous trace, for its own thirty years.
    """
    running = Order.objects.filter(patient=patient.id, state__in=OrderState.live).first()
    if running is not None:
        raise IdentityNeeded(
            number=running.number, pseudonym=patient.pseudonym, streams=[patient.id]
        )
