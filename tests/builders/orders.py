"""Orders and collections as the real services make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from accounts.services.centres import register_centre
from mes.lib import isbt128
from mes.lib.ids import uuid7
from orders.rules import Reading
from orders.services import (
    Announcement,
    Identity,
    NewOrder,
    Receipt,
    announce_collection,
    enter_order,
    open_register,
    receive_collection,
)
from orders.validators import Window
from records.commands import Actor, Reply
from tests.builders.accounts import system_actor
from tests.builders.materials import command, somebody
from tests.support.scenes import scene

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)


@dataclass(frozen=True, slots=True)
class Entered:
    """An order as its entry was answered."""

    id: UUID
    number: str
    coi: str
    mark: str
    pseudonym: str

    @property
    def coi_scanned(self) -> Reading:
        """The square code of its chain of identity, as a scanner sends it."""
        return scanned(f"&/{self.coi}")

    @property
    def coi_typed(self) -> Reading:
        """Its chain of identity as typed from the label, with the boxed character."""
        return typed(self.coi + isbt128.check_character(self.coi))

    @property
    def pseudonym_typed(self) -> Reading:
        """Its patient's pseudonym."""
        return typed(self.pseudonym)


def scanned(text: str) -> Reading:
    """Return what a scanner read."""
    return Reading(text, "scanned")


def typed(text: str) -> Reading:
    """Return what somebody typed."""
    return Reading(text, "typed")


def din(serial: int) -> str:
    """Return a donation number of the validation range."""
    return f"A999826{serial:06}"


def din_scanned(serial: int) -> Reading:
    """Return a donation number as a scanner sends it."""
    return scanned(f"={din(serial)}00")


def coordinator(*, facility: str = "A9999") -> Actor:
    """Return the coordinator of a new site whose register is open; receives what arrives too."""
    return scene(("coordinator", facility), lambda: _coordinator(facility))


def _coordinator(facility: str) -> Actor:
    actor = somebody(role="coordinator", also=("materials", "qa-reviewer"))
    open_register(command=command(system_actor(actor.site)), facility=facility)
    registered(system_actor(actor.site))
    return actor


def registered(by: Actor, code: str = "TC-07", name: str = "Hamburg Nord") -> UUID:
    """Register a treatment centre of a site: the one of all tests, or another."""
    made = uuid7()
    register_centre(command=command(by), centre=made, code=code, name=name)
    return made


def wanted(
    *,
    collection: tuple[int, int] = (1, 2),
    infusion: tuple[int, int] = (22, 25),
    urgency: str = "routine",
    inputs: Mapping[str, str] | None = None,
    pseudonym: str = "",
    identity: Identity | None = None,
    product: str = "CART19-PRODIGY",
    today: date = TODAY,
    centre: str = "TC-07",
) -> NewOrder:
    """Return an order to enter; windows in days from ``today``."""
    first, last = (today + timedelta(days=n) for n in collection)
    early, late = (today + timedelta(days=n) for n in infusion)
    return NewOrder(
        product=product, centre=centre, contact="Dr. F. Petersen",
        collection=Window.of_days(first, last, zone="Europe/Berlin"),
        infusion=Window.of_days(early, late, zone="Europe/Berlin"),
        urgency=urgency, inputs={"patient_weight": "71.4"} if inputs is None else inputs,
        pseudonym=pseudonym, identity=identity or Identity(),
    )  # fmt: skip


def order(actor: Actor, asked: NewOrder | None = None) -> Entered:
    """Enter an order and return what was answered."""
    reply = enter_order(command=command(actor), wanted=asked or wanted())
    return Entered(
        UUID(str(reply["order"])), str(reply["number"]), str(reply["coi"]), str(reply["mark"]),
        str(reply["pseudonym"]),
    )  # fmt: skip


def announced(actor: Actor, made: Entered, serial: int, *, bags: int = 1) -> UUID:
    """Announce a collection of an order, with a transport promised at 2 to 8 Cel."""
    said = Announcement(
        din=din_scanned(serial), bags=bags, started_at=NOW - timedelta(hours=6),
        ended_at=NOW - timedelta(hours=2), low=Decimal(2), high=Decimal(8),
    )  # fmt: skip
    reply = announce_collection(command=command(actor), order=made.id, announced=said)
    return UUID(str(reply["collection"]))


def receipt(first: Reading, second: Reading, **more: object) -> Receipt:
    """Return a bag on the bench, its temperature in order."""
    values: dict[str, object] = {
        "volume": Decimal(180), "low": Decimal("3.1"), "high": Decimal("6.4"), "logger": "TL-118",
        "location": "Receipt bench",
    }  # fmt: skip
    return Receipt(first=first, second=second, **{**values, **more})  # type: ignore[arg-type]


def received(actor: Actor, made: Entered, serial: int) -> Reply:
    """Receive a bag of an order against chain of identity and donation number.

    The bench of the actor's site does it, as somebody new who keeps its materials.
    """
    bag = receipt(made.coi_scanned, din_scanned(serial))
    bench = somebody(actor.site)
    return receive_collection(command=command(bench), order=made.id, receipt=bag)


def order_received(actor: Actor, serial: int = 1) -> tuple[Entered, UUID]:
    """Return an order whose cells are here, with the container."""
    made = order(actor)
    announced(actor, made, serial)
    return made, UUID(str(received(actor, made, serial)["container"]))
