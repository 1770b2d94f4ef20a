"""Rules of orders and of the receipt of cells; each check raises what a person reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import centres
from accounts.models import TreatmentCentre
from accounts.selectors import asking_as
from mes.lib import isbt128
from mes.lib.isbt128 import DonationNumber, ScanError
from mes.lib.refusals import NotFound, refuses
from orders import workflow
from orders.entries import Proof
from orders.enums import OrderState
from orders.exceptions import (
    CentreNeeded,
    CentreUnknown,
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


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody of a treatment centre, outside of the plant: sees the orders of their centre.

    Before it was said to which they belong, what they entered themselves. The policies of the
    tables say the same (``0004_centres``).
    """

    person: UUID
    centre: UUID | None

    @property
    def own(self) -> Q:
        """What their orders have in common."""
        if self.centre is not None:
            return Q(centre=self.centre)
        return Q(centre__isnull=True, entered_by=self.person)


def outside(actor: Actor) -> Outside | None:
    """Return from where an actor looks who is not of the plant, or None for all of the site.

    Asks the rows: a person who was moved a moment ago looks from their new centre.
    """
    if actor.role != centres.OUTSIDE:
        return None
    person = actor.person or UUID(int=0)
    return Outside(person, centres.centre_of(person, actor.site))


def themselves(actor: Actor) -> list[UUID]:
    """Return the stream that an act locks so that nobody moves its actor meanwhile."""
    return [actor.person] if actor.role == centres.OUTSIDE and actor.person else []


def check_may_see(actor: Actor, order: Order) -> None:
    """Raise NotFound for an order of another centre than that of somebody from outside."""
    theirs = outside(actor)
    if theirs is not None and not Order.objects.filter(theirs.own, id=order.id).exists():
        raise NotFound()


def check_may_see_patient(actor: Actor, patient: UUID) -> None:
    """Raise NotFound for a patient for whom the centre of somebody from outside has no order."""
    theirs = outside(actor)
    if theirs and not Order.objects.filter(theirs.own, patient=patient).exists():
        raise NotFound()


def check_centre(actor: Actor, said: str) -> TreatmentCentre:
    """Return the centre that an order is entered for: of somebody from outside their own.

    Another centre is to them as unknown as one that never was. Raises CentreUnknown, CentreNeeded,
    CentreIsClosed.
    """
    found = _centre(actor, said)
    centres.check_open(found, field="centre")
    return found


def centre_meant(actor: Actor, said: str) -> list[UUID]:
    """Return the stream of the centre that an order names, so that an act keeps it open."""
    try:
        return [_centre(actor, said).id]
    except (CentreUnknown, CentreNeeded):
        return []


def _centre(actor: Actor, said: str) -> TreatmentCentre:
    theirs, found = outside(actor), centres.centre_named(said) if said.strip() else None
    if theirs is None and found is not None:
        return found
    if theirs is not None and theirs.centre is None:
        raise CentreNeeded()
    if theirs and theirs.centre and (not said.strip() or (found and found.id == theirs.centre)):
        return centres.centre(theirs.centre)
    raise CentreUnknown(field="centre", said=said.strip()[:40])


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
    running = Order.objects.filter(patient=patient.id).live()
    with asking_as(None):  # another centre's order needs it as well, and is not named
        needed = running.exists()
    if needed:
        own = running.first()
        raise IdentityNeeded(
            number=own.number if own else "–", pseudonym=patient.pseudonym, streams=[patient.id]
        )
