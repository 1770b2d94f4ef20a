"""Receipt: two independent identifiers, or the bag is nobody's; it is stored either way."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from materials.enums import ContainerStatus
from materials.exceptions import LabelTaken, NotAQuantity
from materials.models import Container
from mes.lib.refusals import Refusal
from orders import selectors
from orders.entries import CollectionReceived
from orders.enums import CollectionState, OrderState
from orders.exceptions import (
    DinInvalid,
    DinTaken,
    NotIndependent,
    OrderStateRefused,
    RangeReversed,
    ReceiptMismatch,
    ReceiptUnreadable,
    TimesReversed,
)
from orders.models import Collection, Order
from orders.rules import Reading, check_two_identifiers
from orders.services import (
    Announcement,
    announce_collection,
    cancel_order,
    receive_collection,
    set_collection_apart,
)
from records import outbox
from records.commands import Actor
from records.models import Entry
from records.models import Message as MessageRow
from records.outbox import Message
from records.reading import reading
from records.verification import verify
from tests.builders.materials import command
from tests.builders.orders import (
    NOW,
    Entered,
    announced,
    coordinator,
    din,
    din_scanned,
    order,
    order_received,
    receipt,
    received,
    scanned,
    typed,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(autouse=True)
def _in_november(at_time: Callable[[datetime], None]) -> None:
    at_time(NOW)


@pytest.fixture
def actor() -> Actor:
    return coordinator()


def receive(actor: Actor, made: Entered, first: Reading, second: Reading, **more: object) -> UUID:
    bag = receipt(first, second, **more)
    reply = receive_collection(command=command(actor), order=made.id, receipt=bag)
    return UUID(str(reply["container"]))


def container_of(actor: Actor, container: UUID) -> Container:
    with reading(site=actor.site):
        return Container.objects.get(id=container)


def kinds_of(actor: Actor, stream: UUID) -> list[str]:
    with reading(site=actor.site):
        return [e.kind for e in Entry.objects.filter(stream=stream).order_by("seq")]


@pytest.mark.req("CI-6", "E4-9b")
def test_bag_is_received_with_its_container_in_one_act(actor: Actor) -> None:
    made, bag = order_received(actor)
    seen = container_of(actor, bag)
    assert (seen.coi, seen.mark, seen.din, seen.status, seen.label) == (
        made.coi, made.mark, din(1), ContainerStatus.RECEIVED, "26-000001-C01",
    )  # fmt: skip
    with reading(site=actor.site):
        row = Order.objects.get(id=made.id)
        [collection] = selectors.collections_of(made.id)
        assert selectors.moments(made.id) == {
            "collection.started_at": NOW - timedelta(hours=6),
            "collection.ended_at": NOW - timedelta(hours=2),
        }
        assert [o.id for o in selectors.waiting_for_batch()] == [made.id]
    assert (row.state, row.received_at, row.collected_at) == (
        OrderState.COLLECTED, NOW, NOW - timedelta(hours=2),
    )  # fmt: skip
    assert (collection.state, collection.received_by, collection.bags_received) == (
        CollectionState.RECEIVED, "Mira Vogel", 1,
    )  # fmt: skip
    assert verify(everything=True).differences == []


@pytest.mark.req("CI-3", "CI-6")
def test_typed_identifiers_carry_their_check_character_and_are_marked(actor: Actor) -> None:
    made = order(actor)
    announced(actor, made, 42)
    with pytest.raises(ReceiptUnreadable) as refused:
        receive(actor, made, typed(made.coi), din_scanned(42))
    assert refused.value.field == "first"
    receive(actor, made, made.coi_typed, made.pseudonym_typed)
    with reading(site=actor.site):
        last = Entry.objects.filter(stream=made.id).order_by("-seq").first()
    assert last is not None
    said = CollectionReceived.model_validate(last.envelope["payload"])
    assert [(p.which, p.how) for p in said.proofs] == [("coi", "typed"), ("pseudonym", "typed")]


@pytest.mark.req("CI-2")
@pytest.mark.parametrize("wrong", ["=<S12954A0", "&>0263651430", "26-000001-C01", "", "&/CHA9999"])
def test_a_code_of_another_kind_is_refused(actor: Actor, wrong: str) -> None:
    made = order(actor)
    announced(actor, made, 1)
    with pytest.raises(ReceiptUnreadable):
        receive(actor, made, scanned(wrong), din_scanned(1))
    assert kinds_of(actor, made.id)[-1] == "attempt.refused"


@pytest.mark.req("CI-6")
def test_the_same_identifier_twice_proves_nothing(actor: Actor) -> None:
    made = order(actor)
    with pytest.raises(NotIndependent):
        receive(actor, made, made.coi_scanned, made.coi_scanned)
    with pytest.raises(NotIndependent):
        receive(actor, made, made.coi_scanned, made.coi_typed)


def test_a_number_that_nobody_announced_is_no_proof(actor: Actor) -> None:
    made = order(actor)
    with pytest.raises(ReceiptMismatch):
        receive(actor, made, made.coi_scanned, din_scanned(1))
    receive(actor, made, made.coi_scanned, made.pseudonym_typed)


def _no_pair_is_accepted(actor: Actor, count: int) -> None:
    patients = [order(actor) for _ in range(count)]
    for serial, made in enumerate(patients):
        announced(actor, made, serial)
    numbered = list(enumerate(patients))
    for (_, mine), (serial, other) in itertools.permutations(numbered, 2):
        own = patients.index(mine)
        for first, second in (
            (other.coi_scanned, din_scanned(serial)),
            (other.coi_scanned, din_scanned(own)),
            (mine.coi_scanned, din_scanned(serial)),
            (mine.coi_scanned, other.pseudonym_typed),
            (other.coi_typed, mine.pseudonym_typed),
        ):
            with pytest.raises(ReceiptMismatch) as refused:
                receive(actor, mine, first, second)
            assert refused.value.interlock == "absolute"
    with reading(site=actor.site):
        assert Container.objects.count() == 0
        assert Order.objects.exclude(state=OrderState.ENTERED).count() == 0


@pytest.mark.req("CI-6", "E4-9b")
@pytest.mark.scenario(21)
def test_no_other_patients_identifier_is_accepted(actor: Actor) -> None:
    _no_pair_is_accepted(actor, 8)


@pytest.mark.slow
@pytest.mark.req("CI-6", "E4-9b")
@pytest.mark.scenario(21)
def test_no_other_patients_identifier_is_accepted_of_fifty(actor: Actor) -> None:
    _no_pair_is_accepted(actor, 50)


@pytest.mark.req("CI-3")
@pytest.mark.scenario(22)
def test_every_single_wrong_character_and_swap_is_refused(actor: Actor) -> None:
    made = order(actor)
    announced(actor, made, 1)
    right = made.coi_typed.text
    wrong = {
        right[:n] + c + right[n + 1 :] for n in range(len(right)) for c in "0123456789ABCDEFGHXYZ*"
    }
    wrong |= {right[:n] + right[n + 1] + right[n] + right[n + 2 :] for n in range(len(right) - 1)}
    with reading(site=actor.site):
        row, collections = selectors.order_of(made.id), selectors.collections_of(made.id)
    for text in sorted(wrong - {right}):
        with pytest.raises(ReceiptUnreadable):
            check_two_identifiers(row, collections, first=typed(text), second=din_scanned(1))
    with pytest.raises(ReceiptUnreadable):
        receive(actor, made, typed(min(wrong - {right})), din_scanned(1))


@pytest.mark.req("CI-6")
def test_an_unproven_bag_is_stored_and_nobodys(actor: Actor) -> None:
    mine, other = order(actor), order(actor)
    announced(actor, mine, 1)
    bag = receipt(other.coi_scanned, din_scanned(1), label="BAG-77")
    with pytest.raises(ReceiptMismatch):
        receive_collection(command=command(actor), order=mine.id, receipt=bag)
    reply = set_collection_apart(
        command=command(actor), order=mine.id, receipt=bag, reason="label of another patient"
    )
    seen = container_of(actor, UUID(str(reply["container"])))
    assert (seen.coi, seen.mark, seen.status, seen.label) == (
        "", "", ContainerStatus.QUARANTINE, "BAG-77",
    )  # fmt: skip
    with reading(site=actor.site):
        row = Order.objects.get(id=mine.id)
    assert (row.state, row.doubt) == (OrderState.ENTERED, "label of another patient")
    assert kinds_of(actor, mine.id)[-2:] == ["attempt.refused", "collection.set_apart"]
    assert verify(everything=True).differences == []


@pytest.mark.req("CI-5")
@pytest.mark.parametrize(
    ("more", "doubt"),
    [
        ({}, ""),
        ({"low": Decimal(2), "high": Decimal(8)}, ""),
        ({"low": None}, "temperature record missing"),
        ({"high": Decimal("8.1")}, "temperature 3.1 to 8.1 °C, promised 2.00 to 8.00 °C"),
        ({"low": Decimal("1.9")}, "temperature 1.9 to 6.4 °C, promised 2.00 to 8.00 °C"),
        ({"seen": "outer bag torn"}, "outer bag torn"),
    ],
)
def test_a_gap_of_custody_is_received_into_quarantine(
    actor: Actor, more: dict[str, object], doubt: str
) -> None:
    made = order(actor)
    announced(actor, made, 1)
    bag = container_of(actor, receive(actor, made, made.coi_scanned, din_scanned(1), **more))
    status = ContainerStatus.QUARANTINE if doubt else ContainerStatus.RECEIVED
    assert (bag.coi, bag.status, bag.reason) == (made.coi, status, doubt)
    with reading(site=actor.site):
        assert Order.objects.get(id=made.id).doubt == doubt


@pytest.mark.req("CI-1")
def test_a_second_apheresis_keeps_the_chain_of_identity(actor: Actor) -> None:
    made, first = order_received(actor)
    announced(actor, made, 2)
    second = UUID(str(received(actor, made, 2)["container"]))
    bags = [container_of(actor, bag) for bag in (first, second)]
    assert [(bag.coi, bag.din, bag.label) for bag in bags] == [
        (made.coi, din(1), "26-000001-C01"),
        (made.coi, din(2), "26-000001-C02"),
    ]
    with reading(site=actor.site):
        assert Collection.objects.filter(order=made.id).count() == 2


def test_two_bags_of_one_collection(actor: Actor) -> None:
    made = order(actor)
    announced(actor, made, 1, bags=2)
    for _ in range(2):
        received(actor, made, 1)
    with reading(site=actor.site):
        assert Collection.objects.get().bags_received == 2
        assert Container.objects.of_patient(made.coi).count() == 2


def test_a_later_bag_in_order_does_not_clear_an_earlier_doubt(actor: Actor) -> None:
    made = order(actor)
    announced(actor, made, 1, bags=2)
    receive(actor, made, made.coi_scanned, din_scanned(1), seen="torn")
    received(actor, made, 1)
    with reading(site=actor.site):
        assert Order.objects.get(id=made.id).doubt == "torn"


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"volume": Decimal(0)}, NotAQuantity),
        ({"low": Decimal(9), "high": Decimal(3)}, RangeReversed),
        ({"ended_at": NOW + timedelta(minutes=1)}, TimesReversed),
        ({"started_at": NOW, "ended_at": NOW - timedelta(hours=1)}, TimesReversed),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    actor: Actor, more: dict[str, object], refused: type[Refusal]
) -> None:
    made = order(actor)
    announced(actor, made, 1)
    with pytest.raises(refused):
        receive(actor, made, made.coi_scanned, din_scanned(1), **more)
    assert kinds_of(actor, made.id) == ["order.entered", "collection.announced"]


def test_a_bag_label_is_used_once(actor: Actor) -> None:
    made = order(actor)
    announced(actor, made, 1, bags=2)
    receive(actor, made, made.coi_scanned, din_scanned(1), label="BAG-1")
    with pytest.raises(LabelTaken):
        receive(actor, made, made.coi_scanned, din_scanned(1), label="BAG-1")


def test_a_cancelled_order_receives_nothing(actor: Actor) -> None:
    made = order(actor)
    announced(actor, made, 1)
    cancel_order(command=command(actor), order=made.id, reason="withdrawn")
    with pytest.raises(OrderStateRefused):
        received(actor, made, 1)


def test_a_donation_number_belongs_to_one_collection(actor: Actor) -> None:
    one, two = order(actor), order(actor)
    announced(actor, one, 1)
    with pytest.raises(DinTaken):
        announced(actor, two, 1)
    with pytest.raises(DinInvalid):
        announce_collection(
            command=command(actor), order=two.id, announced=Announcement(din=typed(din(2)))
        )


def test_a_doubt_asks_for_qa_by_message(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Message] = []
    monkeypatch.setitem(outbox._consumers, "collection.quarantined", {"test": told.append})
    made = order(actor)
    announced(actor, made, 1, bags=2)
    received(actor, made, 1)
    bag = receive(actor, made, made.coi_scanned, din_scanned(1), low=None)
    with reading(site=actor.site):
        [message] = MessageRow.objects.filter(topic="collection.quarantined")
    assert message.payload == {
        "order": str(made.id), "container": str(bag), "batch": "",
        "label": container_of(actor, bag).label, "reason": "temperature record missing",
    }  # fmt: skip
    outbox.drain()
    assert [message.payload["container"] for message in told] == [str(bag)]
