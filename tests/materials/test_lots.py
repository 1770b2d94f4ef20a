"""Lots: taken only when released, in date and there; the last unit goes to one."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from psycopg import Connection

from materials import rules, selectors
from materials.enums import LotStatus
from materials.exceptions import (
    LotExhausted,
    LotExpired,
    LotNotReleased,
    LotRanOut,
    LotRejected,
    LotStatusRefused,
    LotTaken,
    LotUnknown,
    MaterialUnknown,
    NotAQuantity,
    WrongMaterial,
)
from materials.models import Lot, LotUse
from materials.services import (
    LOT_QUARANTINED,
    Delivery,
    consume_lot,
    quarantine_lot,
    receive_lot,
    reject_lot,
    release_lot,
)
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from records import outbox
from records.act import act, acting, discard
from records.commands import Actor, Command, Reply
from records.exceptions import Stale
from records.models import Entry, Message
from records.reading import reading
from records.verification import verify
from tests.builders.materials import LATER, command, lot, material, somebody

pytestmark = pytest.mark.usefixtures("committed_db")
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


@acting
def take(*, command: Command, scanned: str, quantity: str, batch: UUID, of: str) -> Reply:
    """Take from a lot as a step of the engine does."""
    with reading(site=command.actor.site):
        found = selectors.lot_scanned(scanned)
    with act(command, streams=[found.id]) as a:
        seen = Lot.objects.get(id=found.id)
        rules.check_lot_usable(seen, of, Decimal(quantity), at=a.now)
        consume_lot(a, seen.id, Decimal(quantity), batch, "selection/add[1]")
    return a.reply


def took(actor: Actor, code: str, quantity: str = "10", *, of: str = "TEXMACS") -> None:
    take(command=command(actor), scanned=code, quantity=quantity, batch=uuid7(), of=of)


def seen(actor: Actor, lot_id: UUID) -> Lot:
    with reading(site=actor.site):
        return Lot.objects.get(id=lot_id)


@pytest.fixture
def keeper() -> Actor:
    actor = somebody()
    material(actor)
    return actor


def test_released_lot_is_taken_and_its_use_is_kept(keeper: Actor) -> None:
    made = lot(keeper)
    batch = uuid7()
    take(command=command(keeper), scanned="]C0L-1001\r", quantity="0.25", batch=batch, of="TEXMACS")
    assert seen(keeper, made).quantity_left == Decimal("999.75")
    with reading(site=keeper.site):
        [use] = selectors.uses_of(made)
        assert selectors.batches_of_lot(made) == [batch]
        assert selectors.lots_of_batch(batch) == [use]
    assert (use.batch, use.step, use.quantity, use.by) == (
        batch, "selection/add[1]", Decimal("0.25"), "Mira Vogel",
    )  # fmt: skip
    assert verify(everything=True).differences == []


@pytest.mark.req("F211-84")
@pytest.mark.parametrize(
    ("decide", "refused"),
    [
        (None, LotNotReleased),
        (release_lot, None),
        (reject_lot, LotRejected),
    ],
)
def test_only_a_released_lot_is_taken(
    keeper: Actor, decide: Callable[..., Reply] | None, refused: type[Refusal] | None
) -> None:
    made = lot(keeper, released=False)
    if decide is not None:
        text = "basis" if decide is release_lot else "reason"
        decide(command=command(keeper), lot=made, **{text: "test 4711"})
    if refused is None:
        took(keeper, "L-1001")
        return
    with pytest.raises(refused):
        took(keeper, "L-1001")
    assert seen(keeper, made).quantity_left == Decimal(1000)


@pytest.mark.req("F211-84")
@pytest.mark.scenario(24)
@pytest.mark.parametrize(("seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_expiry_is_asked_at_the_instant_of_the_act(
    keeper: Actor, at_time: Callable[[datetime], None], seconds: int, taken: bool
) -> None:
    at_time(NOON)
    made = lot(keeper, expires_at=NOON + timedelta(hours=1))
    at_time(NOON + timedelta(hours=1, seconds=seconds))
    if taken:
        took(keeper, "L-1001")
    else:
        with pytest.raises(LotExpired) as refused:
            took(keeper, "L-1001")
        assert refused.value.interlock == "conditional"
    assert seen(keeper, made).quantity_left == Decimal(990 if taken else 1000)


def test_an_expiry_is_told_in_the_readers_wall_time(keeper: Actor) -> None:
    lot(keeper, expires_at=NOON)
    with pytest.raises(LotExpired) as refused, timezone.override("Europe/Berlin"):
        took(keeper, "L-1001")
    at = timezone.localtime(NOON, ZoneInfo("Europe/Berlin"))
    with timezone.override("Europe/Berlin"):
        assert f"expired on {at:%-d %b %Y, %H:%M %Z}." in str(refused.value)
    assert refused.value.params["expired"] == NOON.isoformat()


def test_a_concession_passes_what_is_conditional_and_nothing_absolute(keeper: Actor) -> None:
    made = lot(keeper, expires_at=NOON, released=False)
    late = seen(keeper, made)
    codes = {"lot.expired", "lot.not_released", "lot.rejected", "lot.exhausted"}
    with reading(site=keeper.site):
        rules.check_lot_usable(late, "TEXMACS", Decimal(1), at=LATER, conceded=codes)
        with pytest.raises(LotExpired):
            rules.check_lot_usable(
                late, "TEXMACS", Decimal(1), at=LATER, conceded={"lot.not_released"}
            )
        with pytest.raises(LotExhausted):
            rules.check_lot_usable(late, "TEXMACS", Decimal(1001), at=LATER, conceded=codes)
        late.status = LotStatus.REJECTED
        with pytest.raises(LotRejected):
            rules.check_lot_usable(late, "TEXMACS", Decimal(1), at=LATER, conceded=codes)


def test_another_material_is_refused_and_the_way_out_names_the_next_lots(keeper: Actor) -> None:
    material(keeper, "IL7", unit="ug")
    lot(keeper, "L-IL7", of="IL7")
    lot(keeper, "L-LATER", expires_at=LATER + timedelta(days=1), location="Shelf C")
    lot(keeper, "L-FIRST", expires_at=LATER, location="Shelf A")
    lot(keeper, "L-QUARANTINE", expires_at=NOON + timedelta(days=30), released=False)
    with pytest.raises(WrongMaterial) as refused:
        took(keeper, "L-IL7")
    assert str(refused.value) == "Lot L-IL7 is IL7; this step asks for TEXMACS. Nothing was taken."
    assert refused.value.way_out_text == (
        "Scan another lot. Usable: L-FIRST (Shelf A); L-LATER (Shelf C)."
    )


def test_refused_attempt_is_kept_on_the_lot_once(keeper: Actor) -> None:
    made = lot(keeper, released=False)
    again = command(keeper)
    for _ in range(2):
        with pytest.raises(LotNotReleased):
            take(command=again, scanned="L-1001", quantity="1", batch=uuid7(), of="TEXMACS")
    with reading(site=keeper.site):
        kinds = list(Entry.objects.filter(stream=made).values_list("kind", flat=True))
    assert sorted(kinds) == ["attempt.refused", "lot.received"]


@pytest.mark.scenario(26)
def test_last_unit_raced_by_two_goes_to_one(keeper: Actor) -> None:
    made = lot(keeper, quantity="1")
    start, outcomes = threading.Barrier(2), []

    def race() -> None:
        try:
            start.wait()
            took(keeper, "L-1001", "1")
            outcomes.append("taken")
        except LotExhausted as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lot.exhausted", "taken"]
    assert seen(keeper, made).quantity_left == 0


def test_the_table_itself_refuses_a_stock_below_zero(keeper: Actor) -> None:
    made = lot(keeper, quantity="1")
    with pytest.raises(LotRanOut) as refused, act(command(keeper), streams=[made]) as a:
        consume_lot(a, made, Decimal(2), uuid7(), "step")
    assert str(refused.value) == "The lot does not hold that much any more. Nothing was taken."


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "0.0000001", "1e14"])
def test_what_cannot_be_kept_exactly_is_no_quantity(keeper: Actor, quantity: str) -> None:
    with pytest.raises(NotAQuantity):
        lot(keeper, quantity=quantity)


def test_lot_code_is_given_once(keeper: Actor) -> None:
    lot(keeper)
    with pytest.raises(LotTaken):
        lot(keeper)


def test_another_site_may_use_the_same_code_and_sees_nothing_of_it(keeper: Actor) -> None:
    made = lot(keeper)
    other = somebody()
    material(other)
    theirs = lot(other)
    assert theirs != made
    with reading(site=other.site):
        assert [row.id for row in selectors.lots(at=NOON)] == [theirs]


def test_unknown_material_and_unknown_lot(keeper: Actor) -> None:
    delivery = Delivery(
        code="X", material="NOSUCH", supplier="S", supplier_lot="S", expires_at=LATER,
        quantity=Decimal(1), location="here",
    )  # fmt: skip
    with pytest.raises(MaterialUnknown):
        receive_lot(command=command(keeper), delivery=delivery)
    with pytest.raises(LotUnknown):
        took(keeper, "L-9999")


def test_a_rejected_lot_cannot_be_released_in_one_step(keeper: Actor) -> None:
    made = lot(keeper, released=False)
    reject_lot(command=command(keeper), lot=made, reason="endotoxin")
    with pytest.raises(LotStatusRefused):
        release_lot(command=command(keeper), lot=made, basis="retest")
    quarantine_lot(command=command(keeper), lot=made, reason="investigation reopened")
    release_lot(command=command(keeper), lot=made, basis="retest")
    assert seen(keeper, made).status == LotStatus.RELEASED


def test_a_decision_on_an_old_page_is_stale(keeper: Actor) -> None:
    made = lot(keeper, released=False)
    quarantined = seen(keeper, made).entry_seq
    release_lot(command=command(keeper), lot=made, basis="certificate", seq=quarantined)
    with pytest.raises(Stale):
        reject_lot(command=command(keeper), lot=made, reason="late result", seq=quarantined)


def test_a_replayed_receipt_makes_one_lot(keeper: Actor) -> None:
    again = command(keeper)
    delivery = Delivery(
        code="L-1", material="TEXMACS", supplier="S", supplier_lot="S", expires_at=LATER,
        quantity=Decimal(1), location="here",
    )  # fmt: skip
    assert receive_lot(command=again, delivery=delivery) == receive_lot(
        command=again, delivery=delivery
    )


def test_uses_are_rows_of_the_ledger(keeper: Actor, owner_connection: Connection) -> None:
    lot(keeper)
    took(keeper, "L-1001")
    with reading(site=keeper.site):
        assert LotUse.objects.count() == 1
    with pytest.raises(Exception, match="written by the fold"):
        owner_connection.execute("UPDATE materials_lotuse SET quantity = 1")


@pytest.mark.scenario(25)
@pytest.mark.parametrize("decide", [quarantine_lot, reject_lot])
def test_a_lot_taken_back_tells_who_used_it(
    keeper: Actor, decide: Callable[..., Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._consumers, LOT_QUARANTINED, {"test": discard})
    made, batch = lot(keeper), uuid7()
    take(command=command(keeper), scanned="L-1001", quantity="1", batch=batch, of="TEXMACS")
    decide(command=command(keeper), lot=made, reason="supplier's alert")
    with reading(site=keeper.site):
        [message] = Message.objects.filter(topic=LOT_QUARANTINED)
        assert selectors.batches_of_lot(UUID(message.payload["lot"])) == [batch]
    assert (message.payload["code"], message.payload["reason"]) == ("L-1001", "supplier's alert")
