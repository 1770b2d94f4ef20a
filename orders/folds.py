"""Entries of orders → rows."""

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from orders.entries import (
    CoiIssued,
    CollectionAnnounced,
    CollectionReceived,
    CollectionSetApart,
    IdentityRecorded,
    OrderCancelled,
    OrderCentreSet,
    OrderClosed,
    OrderDoubtCleared,
    OrderEntered,
    OrderInManufacture,
    OrderReleased,
    PatientEntered,
    PatientWasErased,
    RegisterOpened,
    Span,
)
from orders.enums import CollectionState, OrderState
from orders.models import CoiRegister, Collection, Order, Patient
from records.folding import Folded, change, create, fold


@fold(PatientEntered)
def _(e: Folded[PatientEntered]) -> None:
    create(Patient, e, id=e.stream, pseudonym=e.payload.pseudonym, identity_fields=[])


@fold(IdentityRecorded)
def _(e: Folded[IdentityRecorded]) -> None:
    change(Patient.objects.all(), e, identity_fields=list(e.payload.fields_given))


@fold(PatientWasErased)
def _(e: Folded[PatientWasErased]) -> None:
    change(Patient.objects.all(), e, identity_fields=[], erased_at=e.at)


@fold(RegisterOpened)
def _(e: Folded[RegisterOpened]) -> None:
    p = e.payload
    create(CoiRegister, e, id=e.stream, facility=p.facility, unwanted=list(p.unwanted), serial=0)


@fold(CoiIssued)
def _(e: Folded[CoiIssued]) -> None:
    change(CoiRegister.objects.all(), e, serial=e.payload.serial)


def _range(span: Span) -> Any:
    return DateTimeTZRange(span.start, span.end)


@fold(OrderEntered)
def _(e: Folded[OrderEntered]) -> None:
    p = e.payload
    create(
        Order, e, id=e.stream, number=p.number, product=p.product, patient=p.patient,
        pseudonym=p.pseudonym, coi=p.coi, mark=p.mark, collection_window=_range(p.collection),
        infusion_window=_range(p.infusion), urgency=p.urgency, inputs=p.inputs, centre=p.centre,
        centre_name=p.centre_name, contact=p.contact, state=OrderState.ENTERED, reason="",
        batch_number="", entered_at=e.at, entered_by=e.actor, doubt="",
    )  # fmt: skip


@fold(OrderCentreSet)
def _(e: Folded[OrderCentreSet]) -> None:
    p = e.payload
    change(Order.objects.all(), e, centre=p.centre, centre_name=p.centre_name)


@fold(OrderCancelled)
def _(e: Folded[OrderCancelled]) -> None:
    change(
        Order.objects.all(), e, state=OrderState.CANCELLED, reason=e.payload.reason, closed_at=e.at
    )


@fold(OrderInManufacture)
def _(e: Folded[OrderInManufacture]) -> None:
    p = e.payload
    change(
        Order.objects.all(), e, state=OrderState.IN_MANUFACTURE, batch=p.batch,
        batch_number=p.batch_number, manufacture_at=e.at, released_at=None,
    )  # fmt: skip


@fold(OrderReleased)
def _(e: Folded[OrderReleased]) -> None:
    change(Order.objects.all(), e, state=OrderState.RELEASED, released_at=e.at)


@fold(OrderClosed)
def _(e: Folded[OrderClosed]) -> None:
    p = e.payload
    change(Order.objects.all(), e, state=OrderState.CLOSED, reason=p.outcome, closed_at=e.at)


@fold(CollectionAnnounced)
def _(e: Folded[CollectionAnnounced]) -> None:
    p = e.payload
    create(
        Collection, e, id=p.collection, order=e.stream, din=p.din, bags=p.bags, bags_received=0,
        started_at=p.started_at, ended_at=p.ended_at, promised_low=p.low, promised_high=p.high,
        logger="", note="", received_by="", state=CollectionState.ANNOUNCED, doubt="",
    )  # fmt: skip


@fold(CollectionReceived)
def _(e: Folded[CollectionReceived]) -> None:
    p = e.payload
    found = Collection.objects.filter(stream=e.stream, id=p.collection)
    if not found.exists():
        create(
            Collection, e, id=p.collection, order=e.stream, din=p.din, bags=1, bags_received=0,
            logger="", note="", received_by="", state=CollectionState.ANNOUNCED, doubt="",
        )  # fmt: skip
    state = CollectionState.QUARANTINED if p.doubt else CollectionState.RECEIVED
    values: dict[str, Any] = {
        "state": state, "doubt": p.doubt, "logged_low": p.low, "logged_high": p.high,
        "logger": p.logger, "note": p.note, "received_at": e.at, "received_by": e.actor_name,
        "bags_received": F("bags_received") + 1,
    }  # fmt: skip
    if p.ended_at:
        values |= {"started_at": p.started_at, "ended_at": p.ended_at}
    change(found, e, **values)
    _collected(e)


def _collected(e: Folded[CollectionReceived]) -> None:
    """Say on the order when its cells were collected and came; the first bag decides."""
    p = e.payload
    orders = Order.objects.filter(stream=e.stream)
    ended = p.ended_at or Collection.objects.values_list("ended_at", flat=True).get(
        stream=e.stream, id=p.collection
    )
    change(orders.filter(state=OrderState.ENTERED), e, state=OrderState.COLLECTED)
    change(orders.filter(received_at=None), e, received_at=e.at, collected_at=ended)
    if p.doubt:
        change(orders, e, doubt=p.doubt)


@fold(CollectionSetApart)
def _(e: Folded[CollectionSetApart]) -> None:
    change(Order.objects.all(), e, doubt=e.payload.reason)


@fold(OrderDoubtCleared)
def _(e: Folded[OrderDoubtCleared]) -> None:
    change(Order.objects.all(), e, doubt="")
