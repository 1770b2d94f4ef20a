"""Entry kinds of patients, the register of identity, orders and collections.

No entry ever holds a name, a birth date or a hospital number: those lie sealed in the schema
``identity`` (see ``orders.vault``).
"""

from typing import Literal
from uuid import UUID

from records.entries import Fields, Instant, Payload, Quantity, Value, entry, upcast

PATIENT = "patient"
REGISTER = "coi-register"
ORDER = "order"


@entry("patient.entered", version=1, stream=PATIENT)
class PatientEntered(Payload):
    pseudonym: str


@entry("identity.recorded", version=1, stream=PATIENT)
class IdentityRecorded(Payload):
    """Identifying data were sealed; ``fields`` are the names of what was given, not the values."""

    fields_given: tuple[str, ...]


@entry("identity.shown", version=1, stream=PATIENT)
class IdentityShown(Payload):
    """Somebody looked at the identity, and why."""

    purpose: str


@entry("patient.erased", version=1, stream=PATIENT)
class PatientWasErased(Payload):
    """The key of the patient's identity was destroyed."""

    reason: str


@entry("coi-register.opened", version=1, stream=REGISTER)
class RegisterOpened(Payload):
    """``unwanted`` are pairs of letters that the site's marks do not use."""

    facility: str
    unwanted: tuple[str, ...]


@entry("coi.issued", version=1, stream=REGISTER)
class CoiIssued(Payload):
    """One chain-of-identity identifier was given to one order (ISBT 128 ST-028)."""

    serial: int
    coi: str
    mark: str
    order: UUID


class Span(Value):
    """A window of time."""

    start: Instant
    end: Instant


@entry("order.entered", version=1, stream=ORDER)
class OrderEntered1(Payload):
    """As it was said while a treatment centre was a text."""

    number: str
    product: str
    patient: UUID
    pseudonym: str
    coi: str
    mark: str
    collection: Span
    infusion: Span
    urgency: str
    inputs: dict[str, str]
    centre: str
    contact: str


@upcast("order.entered", version=1)
def _of_no_registered_centre(fields: Fields) -> Fields:
    return {**fields, "centre": None, "centre_name": fields["centre"]}


@entry("order.entered", version=2, stream=ORDER)
class OrderEntered(Payload):
    """``centre`` is the registered one; a name alone is of an older entry."""

    number: str
    product: str
    patient: UUID
    pseudonym: str
    coi: str
    mark: str
    collection: Span
    infusion: Span
    urgency: str
    inputs: dict[str, str]
    centre: UUID | None
    centre_name: str
    contact: str


@entry("order.centre_set", version=1, stream=ORDER)
class OrderCentreSet(Payload):
    """The order is of this centre from now on: its people see it, and those of no other one."""

    centre: UUID
    centre_name: str
    reason: str


@entry("order.cancelled", version=1, stream=ORDER)
class OrderCancelled(Payload):
    reason: str


@entry("order.in_manufacture", version=1, stream=ORDER)
class OrderInManufacture(Payload):
    """A batch was issued for the order; a second one is a remake."""

    batch: UUID
    batch_number: str


@entry("order.released", version=1, stream=ORDER)
class OrderReleased(Payload):
    """The product of a batch was certified and released for the patient."""

    batch: UUID


@entry("order.closed", version=1, stream=ORDER)
class OrderClosed(Payload):
    """Nothing is owed any more; the mark is free again."""

    outcome: str


@entry("collection.announced", version=1, stream=ORDER)
class CollectionAnnounced(Payload):
    """The centre says what it sends: donation number, bags, times, promised temperature (Cel)."""

    collection: UUID
    din: str
    bags: int
    started_at: Instant | None
    ended_at: Instant | None
    low: Quantity | None
    high: Quantity | None


class Proof(Value):
    """An identifier as it was read: which, what, and whether scanned or typed."""

    which: Literal["coi", "din", "pseudonym"]
    read: str
    how: Literal["scanned", "typed"]


@entry("collection.received", version=1, stream=ORDER)
class CollectionReceived(Payload):
    """A bag was received against two identifiers. ``doubt`` keeps it in quarantine."""

    collection: UUID
    din: str
    container: UUID
    label: str
    proofs: tuple[Proof, ...]
    volume: Quantity
    low: Quantity | None
    high: Quantity | None
    logger: str
    note: str
    started_at: Instant | None
    ended_at: Instant | None
    doubt: str


@entry("collection.set_apart", version=1, stream=ORDER)
class CollectionSetApart(Payload):
    """A bag came whose identity is not proven: received into quarantine as nobody's."""

    container: UUID
    label: str
    first: str
    second: str
    reason: str


@entry("order.doubt_cleared", version=1, stream=ORDER)
class OrderDoubtCleared(Payload):
    """QA answered what was doubtful about a bag of the order."""

    basis: str
