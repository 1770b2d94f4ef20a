"""Orders: entered with their chain of identity, moved on by the acts of higher apps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from orders import rules, selectors
from orders.entries import (
    ORDER,
    PATIENT,
    OrderCancelled,
    OrderClosed,
    OrderDoubtCleared,
    OrderEntered,
    OrderInManufacture,
    OrderReleased,
    PatientEntered,
    Span,
)
from orders.enums import OrderState, Urgency
from orders.exceptions import PatientErased, PatientUnknown, UrgencyUnknown
from orders.models import CoiRegister, Order, Patient
from orders.services.identity import Identity, seal_identity
from orders.services.register import issue_coi
from orders.validators import Window, check_inputs, check_text, check_windows
from records.act import Act, New, act, acting
from records.commands import Actor, Command, Reply
from records.reading import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a coordinator or a treatment centre asks for.

    ``pseudonym`` names a known patient; empty makes a new one, whose pseudonym the register
    gives. ``centre`` names a registered one by code or name; of somebody from outside it is their
    own, whether named or not. ``inputs`` are what the recipe wants of an order, decimals as text
    (``patient_weight`` in kg). ``identity`` is sealed and stands in no payload.
    """

    product: str
    contact: str
    collection: Window
    infusion: Window
    centre: str = ""
    urgency: str = Urgency.ROUTINE.value
    inputs: Mapping[str, str] = field(default_factory=dict)
    pseudonym: str = ""
    identity: Identity = field(default_factory=Identity)


@acting
def enter_order(*, command: Command, wanted: NewOrder) -> Reply:
    """Enter an order and issue its chain of identity and patient mark (CI-1).

    Appends ``coi.issued``, ``order.entered``, for a new patient ``patient.entered``, with
    identity ``identity.recorded``. Raises WindowReversed, WindowOrder, WindowPast,
    InputInvalid, TextMissing, UrgencyUnknown, PatientUnknown, PatientErased, RegisterMissing,
    MarksUsedUp, CentreUnknown, CentreNeeded, CentreIsClosed. Replies with ``order``, ``number``,
    ``coi``, ``mark``, ``pseudonym``.
    """
    order, site = uuid7(), command.actor.site
    with reading(site=site, person=command.actor.person):
        register = selectors.register_of_site()
        known = _known(command.actor, wanted.pseudonym)
        centre = rules.centre_meant(command.actor, wanted.centre)
    patient = known.id if known else uuid7()
    new = [New(ORDER, order, site), *([] if known else [New(PATIENT, patient, site)])]
    themselves = rules.themselves(command.actor)
    streams = [register, *centre, *([patient] if known else []), *themselves]
    with act(command, streams=streams, new=new) as a:
        check_permission(a.actor, Permission.ORDERS_WRITE)
        _check(a, wanted)
        pseudonym = _pseudonym(a, register, patient, new_patient=known is None)
        # First the order: it makes the patient that of a centre, whose person may seal who it is.
        _enter(a, register, order, patient, pseudonym, wanted)
        if wanted.identity.given():
            seal_identity(a, patient, wanted.identity)
    return a.reply


def _known(actor: Actor, pseudonym: str) -> Patient | None:
    """Return the patient who is named; another centre's is as unknown as one who never was."""
    if not pseudonym.strip():
        return None
    found = selectors.patient_named(pseudonym)
    try:
        rules.check_may_see_patient(actor, found.id)
    except NotFound:
        raise PatientUnknown(field="pseudonym", pseudonym=pseudonym.strip()[:40]) from None
    return found


def _check(a: Act, wanted: NewOrder) -> None:
    check_windows(wanted.collection, wanted.infusion, at=a.now)
    if wanted.urgency not in Urgency.values:
        raise UrgencyUnknown(field="urgency", said=wanted.urgency[:40])


def _pseudonym(a: Act, register: UUID, patient: UUID, *, new_patient: bool) -> str:
    """Return the patient's pseudonym; a new patient's is made from the register's serial."""
    if not new_patient:
        seen = Patient.objects.get(id=patient)
        if seen.erased_at is not None:
            raise PatientErased(
                field="pseudonym", pseudonym=seen.pseudonym, at=seen.erased_at.isoformat()
            )
        return seen.pseudonym
    serial = CoiRegister.objects.values_list("serial", flat=True).get(id=register) + 1
    pseudonym = f"PT-{_year(a)}-{serial:04}"
    a.append(patient, PatientEntered(pseudonym=pseudonym))
    return pseudonym


def _year(a: Act) -> str:
    return a.now.astimezone(ZoneInfo(a.actor.zone)).strftime("%y")


def _enter(
    a: Act, register: UUID, order: UUID, patient: UUID, pseudonym: str, wanted: NewOrder
) -> None:
    centre = rules.check_centre(a.actor, wanted.centre)
    coi, mark = issue_coi(a, register, order)
    said = OrderEntered(
        number=f"O-{_year(a)}-{int(coi.serial):04}",
        product=check_text(wanted.product, field="product", most=60),
        patient=patient,
        pseudonym=pseudonym,
        coi=coi.code,
        mark=mark,
        collection=Span(start=wanted.collection.start, end=wanted.collection.end),
        infusion=Span(start=wanted.infusion.start, end=wanted.infusion.end),
        urgency=wanted.urgency,
        inputs=check_inputs(wanted.inputs),
        centre=centre.id,
        centre_name=centre.title,
        contact=wanted.contact.strip()[:120],
    )
    a.append(order, said)
    a.reply = {
        "order": str(order), "number": said.number, "coi": said.coi, "check": coi.check,
        "mark": mark, "pseudonym": pseudonym,
    }  # fmt: skip


@acting
def cancel_order(*, command: Command, order: UUID, reason: str, seq: int | None = None) -> Reply:
    """Cancel an order; appends ``order.cancelled`` and tells ``order.cancelled``.

    Cells that are here stay here. Raises OrderStateRefused, TextMissing, Stale.
    """
    with act(command, streams=[order, *rules.themselves(command.actor)]) as a:
        check_permission(a.actor, Permission.ORDERS_WRITE)
        seen = _seen(a, order, OrderState.CANCELLED, seq=seq)
        text = check_text(reason, field="reason", most=400)
        a.append(order, OrderCancelled(reason=text))
        a.enqueue("order.cancelled", {"order": str(order), "batch": str(seen.batch or "")})
        a.reply = {"order": str(order), "state": OrderState.CANCELLED.value}
    return a.reply


@acting
def close_order(*, command: Command, order: UUID, outcome: str, seq: int | None = None) -> Reply:
    """Close an order after its product was handed over; appends ``order.closed``.

    Raises OrderStateRefused, TextMissing, Stale.
    """
    with act(command, streams=[order, *rules.themselves(command.actor)]) as a:
        check_permission(a.actor, Permission.ORDERS_WRITE)
        _seen(a, order, OrderState.CLOSED, seq=seq)
        a.append(order, OrderClosed(outcome=check_text(outcome, field="outcome", most=400)))
        a.reply = {"order": str(order), "state": OrderState.CLOSED.value}
    return a.reply


def start_manufacture(a: Act, order: UUID, *, batch: UUID, batch_number: str) -> None:
    """Say in a running act that a batch was issued for the order; a second one is a remake.

    Appends ``order.in_manufacture``. Raises OrderStateRefused.
    """
    _seen(a, order, OrderState.IN_MANUFACTURE, seq=None)
    a.append(order, OrderInManufacture(batch=batch, batch_number=batch_number))


def release_order(a: Act, order: UUID, *, batch: UUID) -> None:
    """Say in a running act of disposition that the product was released.

    Appends ``order.released``. Raises OrderStateRefused.
    """
    _seen(a, order, OrderState.RELEASED, seq=None)
    a.append(order, OrderReleased(batch=batch))


def clear_doubt(a: Act, order: UUID, *, basis: str) -> None:
    """Say in a running act of QA that what was doubtful is answered.

    Appends ``order.doubt_cleared``; the container is released by ``materials``.
    """
    a.append(order, OrderDoubtCleared(basis=check_text(basis, field="basis", most=400)))


def _seen(a: Act, order: UUID, state: OrderState, *, seq: int | None) -> Order:
    seen = selectors.order_of(order)
    # First of all: to somebody from outside another's order does not exist, whatever its state.
    rules.check_may_see(a.actor, seen)
    if seq is not None:
        a.expect(order, seq)
    rules.check_order_becomes(seen, state)
    return seen
