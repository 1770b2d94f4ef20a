"""Orders: identity issued once, marks told apart, promises checked, states followed."""

import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from mes.lib import isbt128, marks
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from orders import selectors
from orders.enums import OrderState
from orders.exceptions import (
    FacilityInvalid,
    InputInvalid,
    OrderStateRefused,
    PatientUnknown,
    RegisterMissing,
    RegisterOpen,
    TextMissing,
    UrgencyUnknown,
    WindowOrder,
    WindowPast,
    WindowReversed,
)
from orders.models import CoiRegister, Order
from orders.services import (
    cancel_order,
    clear_doubt,
    close_order,
    enter_order,
    open_register,
    release_order,
    start_manufacture,
)
from orders.services.register import free_mark
from records.act import act
from records.commands import Actor
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import system_actor
from tests.builders.materials import command, somebody
from tests.builders.orders import (
    NOW,
    Entered,
    coordinator,
    order,
    order_received,
    wanted,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(autouse=True)
def _in_november(at_time: Callable[[datetime], None]) -> None:
    at_time(NOW)


@pytest.fixture
def actor() -> Actor:
    return coordinator()


def state_of(actor: Actor, made: Entered) -> str:
    with reading(site=actor.site):
        return Order.objects.get(id=made.id).state


@pytest.mark.req("CI-1")
def test_order_gets_number_identity_mark_and_pseudonym(actor: Actor) -> None:
    made = order(actor)
    assert (made.number, made.coi, made.pseudonym) == (
        "O-26-0001", "CHA999926000001", "PT-26-0001",
    )  # fmt: skip
    assert isbt128.coi(made.coi).check == "*"
    assert str(marks.read(made.mark)) == made.mark
    assert verify(everything=True).differences == []


@pytest.mark.req("CI-1")
def test_twenty_at_once_get_identities_without_gap_or_double(actor: Actor) -> None:
    count = 20
    start, made = threading.Barrier(count), []

    def enter() -> None:
        try:
            start.wait()
            made.append(order(actor))
        finally:
            connection.close()

    threads = [threading.Thread(target=enter) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(m.coi for m in made) == [f"CHA999926{n:06}" for n in range(1, count + 1)]
    assert len({m.mark for m in made}) == count
    with reading(site=actor.site):
        assert CoiRegister.objects.get().serial == count


def test_a_refused_order_uses_up_no_serial(actor: Actor) -> None:
    with pytest.raises(InputInvalid):
        order(actor, wanted(inputs={"patient_weight": "heavy"}))
    assert order(actor).coi == "CHA999926000001"


def test_a_replay_gets_the_same_identity(actor: Actor) -> None:
    again = command(actor)
    first = enter_order(command=again, wanted=wanted())
    assert enter_order(command=again, wanted=wanted()) == first
    with reading(site=actor.site):
        assert Order.objects.count() == 1


def test_a_known_patient_keeps_the_pseudonym_and_gets_a_new_identity(actor: Actor) -> None:
    first = order(actor)
    second = order(actor, wanted(pseudonym=first.pseudonym.lower()))
    assert (second.pseudonym, second.coi) == (first.pseudonym, "CHA999926000002")
    with pytest.raises(PatientUnknown):
        order(actor, wanted(pseudonym="PT-26-9999"))


@pytest.mark.parametrize(
    ("asked", "refused", "field"),
    [
        ({"collection": (2, 0)}, WindowReversed, "collection_until"),
        ({"infusion": (25, 22)}, WindowReversed, "infusion_until"),
        ({"infusion": (22, 400)}, WindowReversed, "infusion_until"),
        ({"infusion": (2, 5)}, WindowOrder, "infusion_from"),
        ({"collection": (-9, -8)}, WindowPast, "collection_until"),
        ({"urgency": "asap"}, UrgencyUnknown, "urgency"),
        ({"product": " "}, TextMissing, "product"),
        ({"inputs": {"patient_weight": "0"}}, InputInvalid, "patient_weight"),
        ({"inputs": {"patient_weight": "7e1"}}, InputInvalid, "patient_weight"),
        ({"inputs": {"patient_weight": "-5"}}, InputInvalid, "patient_weight"),
        ({"inputs": {"Weight of P": "5"}}, InputInvalid, "Weight of P"),
    ],
)
def test_what_cannot_be_promised_is_refused_at_its_field(
    actor: Actor, asked: dict[str, object], refused: type[Refusal], field: str
) -> None:
    with pytest.raises(refused) as said:
        order(actor, wanted(**asked))  # type: ignore[arg-type]
    assert said.value.field == field


def test_windows_are_days_of_the_site(actor: Actor) -> None:
    made = order(actor)
    with reading(site=actor.site):
        seen = Order.objects.get(id=made.id)
    assert seen.collection_from.isoformat() == "2026-11-10T23:00:00+00:00"
    assert seen.infusion_until.isoformat() == "2026-12-05T23:00:00+00:00"
    assert seen.inputs == {"patient_weight": "71.4"}


def test_a_site_without_register_issues_nothing() -> None:
    with pytest.raises(RegisterMissing):
        order(somebody())


@pytest.mark.parametrize("facility", ["", "A999", "O9999", "A99X9", "A99999"])
def test_a_facility_code_has_the_form_of_the_standard(facility: str) -> None:
    with pytest.raises(FacilityInvalid):
        coordinator(facility=facility)


def test_one_register_for_a_site_and_for_a_facility(actor: Actor) -> None:
    with pytest.raises(RegisterOpen):
        open_register(command=command(system_actor(actor.site)), facility="A9998")
    with pytest.raises(RegisterOpen):
        coordinator(facility="A9999")


def test_another_sites_order_is_not_there(actor: Actor) -> None:
    made = order(actor)
    other = coordinator(facility="A9998")
    with reading(site=other.site), pytest.raises(NotFound):
        selectors.order_of(made.id)
    with pytest.raises(NotFound):
        cancel_order(command=command(other), order=made.id, reason="not mine")
    assert state_of(actor, made) == OrderState.ENTERED


def test_marks_are_told_apart_and_unwanted_pairs_stay_out() -> None:
    given = [free_mark(n, taken=(), unwanted=()) for n in range(3610)]
    assert len(set(given)) == 3610
    for one, two in itertools.pairwise(given):
        assert one[-2:] != two[-2:]
        assert one[:-3] != two[:-3]
    pair = given[7][-2:]
    assert free_mark(7, taken=(), unwanted=[pair])[-2:] != pair
    assert free_mark(7, taken=given[7:9], unwanted=()) == given[9]


def test_mark_is_free_again_after_the_order(actor: Actor) -> None:
    made = order(actor)
    with reading(site=actor.site):
        assert list(Order.objects.live().values_list("mark", flat=True)) == [made.mark]
    cancel_order(command=command(actor), order=made.id, reason="patient withdrew")
    with reading(site=actor.site):
        assert list(Order.objects.live()) == []


MOVES = {
    "cancel": OrderState.CANCELLED,
    "start": OrderState.IN_MANUFACTURE,
    "release": OrderState.RELEASED,
    "close": OrderState.CLOSED,
}
ALLOWED = {
    OrderState.ENTERED: {"cancel"},
    OrderState.COLLECTED: {"cancel", "start"},
    OrderState.IN_MANUFACTURE: {"cancel", "start", "release"},
    OrderState.RELEASED: {"start", "close"},
    OrderState.CLOSED: set(),
    OrderState.CANCELLED: set(),
}


def move(actor: Actor, made: Entered, name: str) -> None:
    if name == "cancel":
        cancel_order(command=command(actor), order=made.id, reason="withdrawn")
    elif name == "close":
        close_order(command=command(actor), order=made.id, outcome="infused")
    else:
        with act(command(actor), streams=[made.id]) as a:
            if name == "start":
                start_manufacture(a, made.id, batch=uuid7(), batch_number="B-26-0001")
            else:
                release_order(a, made.id, batch=uuid7())


WAYS: dict[OrderState, list[str]] = {
    OrderState.COLLECTED: [],
    OrderState.IN_MANUFACTURE: ["start"],
    OrderState.RELEASED: ["start", "release"],
    OrderState.CLOSED: ["start", "release", "close"],
    OrderState.CANCELLED: ["cancel"],
}


def order_at(actor: Actor, state: OrderState) -> Entered:
    if state == OrderState.ENTERED:
        return order(actor)
    made, _ = order_received(actor)
    for step in WAYS[state]:
        move(actor, made, step)
    return made


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("name", MOVES)
def test_every_move_from_every_state(actor: Actor, state: OrderState, name: str) -> None:
    made = order_at(actor, state)
    if name in ALLOWED[state]:
        move(actor, made, name)
        assert state_of(actor, made) == MOVES[name]
    else:
        with pytest.raises(OrderStateRefused):
            move(actor, made, name)
        assert state_of(actor, made) == state


def test_a_doubt_is_cleared_by_an_act(actor: Actor) -> None:
    made, _ = order_received(actor)
    with act(command(actor), streams=[made.id]) as a:
        clear_doubt(a, made.id, basis="deviation 12 closed")
    assert verify(everything=True).differences == []


def test_the_list_is_sorted_worst_first(actor: Actor, at_time: Callable[[datetime], None]) -> None:
    late = order(actor, wanted(collection=(1, 1), infusion=(40, 44)))
    calm = order(actor, wanted(collection=(9, 10), infusion=(30, 33)))
    danger = order(actor, wanted(collection=(1, 1), infusion=(2, 3)))
    with reading(site=actor.site):
        seen = selectors.vein_to_vein(at=NOW + timedelta(days=8), person=actor.person)
        assert [row.order.id for row in seen.rows] == [danger.id, late.id, calm.id]
        assert seen.counts == {"all": 3, "danger": 2, "us": 0, "centre": 3, "mine": 3}


def test_the_list_asks_as_often_for_one_order_as_for_many(
    actor: Actor, django_assert_num_queries: Callable[..., object]
) -> None:
    for count in (1, 4):
        for _ in range(count):
            order(actor)
        with reading(site=actor.site), django_assert_num_queries(1):  # type: ignore[attr-defined]
            selectors.vein_to_vein(at=NOW)
