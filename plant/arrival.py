"""How a patient comes into the plant: order, collection, receipt, and the batch issued."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from batches import services as floor
from batches.enums import Purpose
from mes.lib import clock, isbt128
from orders import services as orders
from orders.models import Order
from orders.rules import Reading
from orders.services.collections import Announcement, Receipt
from orders.services.orders import NewOrder
from orders.validators import Window
from plant.plant import Plant
from recipes.enums import Modality
from records import outbox
from records.reading import reading

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CREWS = (("adeyemi", "brandt"), ("sato", "petrov"))


@dataclass(slots=True)
class Patient:
    """One simulated patient, in the hands of one pair of operators."""

    plant: Plant
    number: int
    recipe: str
    luck: Random
    stop_after: str = ""  # the last thing that happens to the patient (demo site)
    mishap: bool = False  # another patient's bag is scanned once
    order: UUID | None = None
    batch: UUID | None = None
    released: bool = False
    steps: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)  # where a contingency was thought of already

    @property
    def pair(self) -> tuple[str, str]:
        """Who performs and who records."""
        return CREWS[self.number % len(CREWS)]

    @property
    def din(self) -> str:
        """The donation number of the collection (facility codes of tests: A999…)."""
        return f"A9998{clock.now():%y}{self.number:06}"


def enter_order(p: Patient) -> None:
    now, crew = clock.now(), p.plant.crew
    weight = Decimal(p.luck.randrange(550, 950)) / 10
    wanted = NewOrder(
        product=p.recipe, centre="TC-07", contact="Dr. F. Petersen",
        collection=Window(now, now + 3 * DAY), infusion=Window(now + 18 * DAY, now + 24 * DAY),
        inputs={**dict(_inputs(p)), "patient_weight": str(weight)},
    )  # fmt: skip
    reply = orders.enter_order(command=crew.command("haddad", "orders.enter_order"), wanted=wanted)
    p.order = UUID(str(reply["order"]))


def _inputs(p: Patient) -> Iterator[tuple[str, str]]:
    """Yield what else the recipe wants of an order: a number within its bounds."""
    for wanted in p.plant.recipes[p.recipe].inputs if p.recipe in p.plant.recipes else ():
        if wanted.name != "patient_weight":
            middle = (wanted.low + wanted.high) / 2
            yield wanted.name, format(middle.normalize(), "f")


def receive(p: Patient) -> None:
    now, crew = clock.now(), p.plant.crew
    order = known(p.order)
    din = isbt128.din(p.din)
    scanned = Reading(f"={din.code}00", "scanned")
    announced = Announcement(
        din=scanned, bags=1, started_at=now - 8 * HOUR, ended_at=now - 4 * HOUR,
        low=Decimal(2), high=Decimal(8),
    )  # fmt: skip
    orders.announce_collection(
        command=crew.command("haddad", "orders.announce"), order=order, announced=announced
    )
    coi = _coi(p)
    receipt = Receipt(
        first=Reading(f"&/{coi}", "scanned"), second=scanned, volume=Decimal(120),
        low=Decimal("3.5"), high=Decimal("6.1"), logger="LOG-118", location="Receipt, P1",
        started_at=now - 3 * HOUR, ended_at=now - HOUR,
    )  # fmt: skip
    orders.receive_collection(
        command=crew.command("vogel", "orders.receive"), order=order, receipt=receipt
    )
    outbox.drain()


def _coi(p: Patient) -> str:
    with reading(site=p.plant.site):
        return Order.objects.get(id=known(p.order)).coi


def issue(p: Patient) -> None:
    crew = p.plant.crew
    own = p.plant.recipes[p.recipe].modality == Modality.AUTOLOGOUS
    reply = floor.issue_batch(
        command=crew.command("lindqvist", "batches.issue"), order=known(p.order),
        recipe_version=p.plant.versions[p.recipe],
        purpose=Purpose.PATIENT if own else Purpose.PRODUCT,
    )  # fmt: skip
    p.batch = UUID(str(reply["batch"]))


def known(value: UUID | None) -> UUID:
    if value is None:
        raise LookupError("this has not happened yet")
    return value
