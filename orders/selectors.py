"""Reads of orders: the list from vein to vein, one order, what other apps ask."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import cached_property

from accounts import centres
from accounts.selectors import asking_as
from materials.models import Container
from materials.selectors import containers_of_patient
from mes.lib import isbt128
from orders import workflow
from orders.attention import Outlook, outlook
from orders.enums import Attention, OrderState, WaitsFor
from orders.exceptions import PatientUnknown, RegisterMissing
from orders.models import CoiRegister, Collection, Order, OrderSet, Patient
from records.models import Entry
from records.reading import the_one

MOST_SHOWN = 500


def order_of(order: UUID) -> Order:
    """Return an order of the reader's site. Raises NotFound."""
    return the_one(Order.objects.filter(id=order))


def order_by_coi(coi: str) -> Order | None:
    """Return the order of a chain of identity, or None at another site."""
    return Order.objects.filter(coi=coi).first()


def order_found(text: str) -> Order | None:
    """Return the order of a scanned or typed chain of identity, order number or pseudonym."""
    words = isbt128.without_symbology(text)[:60].upper()
    plain = re.sub(r"[\s\[\]]", "", words.removeprefix("&/"))
    found = Order.objects.filter(
        Q(number=words) | Q(pseudonym=words) | Q(coi=plain) | Q(coi=plain[:15])
    )
    return found.order_by("-entered_at").first()


def suggestions() -> Mapping[str, list[str]]:
    """Return the products of earlier orders, for the form."""
    return {"products": sorted(set(Order.objects.values_list("product", flat=True)[:2000]))}


def orders_naming(centre: UUID) -> list[UUID]:
    """Return the orders of no registered centre that name one in words: by code, name or both."""
    wanted = centres.names_of(centres.centre(centre))
    rows = Order.objects.filter(centre__isnull=True).values_list("id", "centre_name")
    return [order for order, name in rows.order_by("id") if centres.as_said(name) in wanted]


def running_of(centre: UUID) -> list[str]:
    """Return the numbers of a centre's orders that have not ended, the oldest first."""
    rows = Order.objects.live().filter(centre=centre)
    return list(rows.order_by("entered_at").values_list("number", flat=True))


def marks_taken() -> set[str]:
    """Return the marks of all live orders of the site, also for an actor who may not see them."""
    with asking_as(None):
        return set(Order.objects.live().values_list("mark", flat=True))


def register_of_site() -> UUID:
    """Return the site's register of identity. Raises RegisterMissing."""
    found = CoiRegister.objects.values_list("id", flat=True).first()
    if found is None:
        raise RegisterMissing()
    return found


def register_or_none() -> CoiRegister | None:
    """Return the site's register of identity, if it is open."""
    return CoiRegister.objects.first()


def next_states(state: str) -> frozenset[str]:
    """Return the states that an order's may become."""
    return workflow.ORDER[state]


def history(stream: UUID) -> list[dict[str, Any]]:
    """Return the envelopes of a stream's entries, newest first."""
    return [entry.envelope for entry in Entry.objects.filter(stream=stream).order_by("-seq")]


def patient_named(pseudonym: str) -> Patient:
    """Return a patient by pseudonym. Raises PatientUnknown."""
    found = Patient.objects.filter(pseudonym__iexact=pseudonym.strip()).first()
    if found is None:
        raise PatientUnknown(field="pseudonym", pseudonym=pseudonym.strip()[:40])
    return found


def patient_of(order: Order) -> Patient:
    """Return an order's patient (pseudonym; no identifying data)."""
    return Patient.objects.get(id=order.patient)


def collections_of(order: UUID) -> list[Collection]:
    """Return an order's collections, as announced."""
    return list(Collection.objects.filter(order=order).order_by("id"))


def moments(order: UUID) -> Mapping[str, datetime]:
    """Return the moments that a recipe's limits start from (``collection.ended_at`` …).

    The earliest cells count: of several collections the one that ended first.
    """
    ended = [c for c in collections_of(order) if c.ended_at]
    if not ended:
        return {}
    first = min(ended, key=lambda c: (c.ended_at, c.id))
    found = {"collection.started_at": first.started_at, "collection.ended_at": first.ended_at}
    return {name: at for name, at in found.items() if at is not None}


def waiting_for_batch() -> list[Order]:
    """Return orders whose cells are here and that have no batch yet, most urgent window first."""
    found = Order.objects.filter(state=OrderState.COLLECTED)
    return sorted(found, key=lambda order: (order.infusion_until, order.id))


@dataclass(frozen=True, slots=True)
class Row:
    """An order as the list shows it."""

    order: Order
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class VeinToVein:
    """The list, worst first, with the counts of its filters."""

    rows: Sequence[Row]
    counts: Mapping[str, int]


FILTERS = ("all", "danger", "us", "centre", "mine", "past")


def vein_to_vein(
    *, at: datetime, chosen: str = "all", person: UUID | None = None, own: Q | None = None
) -> VeinToVein:
    """Return the orders of a filter, worst first, in one query for the live ones.

    ``own`` leaves only those of somebody from outside (see ``rules.Outside``).
    """
    orders = Order.objects.all() if own is None else Order.objects.filter(own)
    live = [Row(order, outlook(order, at)) for order in orders.live()]
    sets = {name: [row for row in live if _fits(row, name, person)] for name in FILTERS[:-1]}
    counts = {name: len(rows) for name, rows in sets.items()}
    rows = _past(orders, at) if chosen == "past" else sets.get(chosen, live)
    return VeinToVein(sorted(rows, key=_worst_first)[:MOST_SHOWN], counts)


def _past(orders: OrderSet, at: datetime) -> list[Row]:
    gone = orders.exclude(state__in=OrderState.live).order_by("-closed_at")[:MOST_SHOWN]
    return [Row(order, outlook(order, at)) for order in gone]


def _fits(row: Row, chosen: str, person: UUID | None) -> bool:
    match chosen:
        case "danger":
            return row.outlook.attention > Attention.NONE
        case "us":
            return row.outlook.waits_for == WaitsFor.US
        case "centre":
            return row.outlook.waits_for == WaitsFor.CENTRE
        case "mine":
            return person is not None and row.order.entered_by == person
    return True


def _worst_first(row: Row) -> tuple[int, datetime, UUID]:
    return -row.outlook.attention, row.order.infusion_from, row.order.id


class OrderPage:
    """Everything that one order's page shows."""

    def __init__(self, order: Order, *, at: datetime) -> None:
        self.order = order
        self.at = at
        self.outlook = outlook(order, at)

    @cached_property
    def collections(self) -> list[Collection]:
        """The order's collections."""
        return collections_of(self.order.id)

    @cached_property
    def containers(self) -> list[Container]:
        """Every container of the chain of identity."""
        return containers_of_patient(self.order.coi)

    @cached_property
    def patient(self) -> Patient:
        """The patient, by pseudonym."""
        return patient_of(self.order)

    @property
    def seq(self) -> int:
        """The number of the order's last entry: what a form of the page is based on."""
        return int(self.timeline[0]["seq"]) if self.timeline else 0

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """Envelopes of the order's entries, newest first."""
        return history(self.order.id)

    @cached_property
    def custody(self) -> list[dict[str, Any]]:
        """Envelopes of the entries of all containers of this identity: who had them where."""
        streams = [container.id for container in self.containers]
        rows = Entry.objects.filter(stream__in=streams).order_by("-at", "-seq")
        return [entry.envelope for entry in rows]
