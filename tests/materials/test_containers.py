"""Containers and labels: only this patient's, only a label in force."""

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import zxingcpp

from materials import rules, selectors
from materials.enums import ContainerKind, ContainerStatus
from materials.exceptions import (
    ContainerAmbiguous,
    ContainerGone,
    ContainerInQuarantine,
    ContainerStatusRefused,
    ContainerUnknown,
    ContainerVoid,
    IdentifierMismatch,
    LabelStateRefused,
    LabelTaken,
    LabelUnknown,
    ScanUnreadable,
    TextMissing,
    WrongContainer,
)
from materials.models import Container
from materials.selectors import LabelBalance
from materials.services import (
    ContainerDraft,
    apply_label,
    consume_container,
    issue_label,
    make_container,
    move_container,
    quarantine_container,
    release_container,
    store_container,
    void_container,
    void_label,
)
from mes.lib import isbt128
from mes.lib.ids import uuid7
from mes.lib.symbols import data_matrix
from records.act import Act, act, acting
from records.commands import Actor, Command, Reply
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.materials import command, container, somebody

pytestmark = pytest.mark.usefixtures("committed_db")
BATCH = uuid7()


@pytest.fixture
def keeper() -> Actor:
    return somebody()


def coi(serial: int) -> str:
    return f"CHA999926{serial:06}"


def din(serial: int) -> str:
    return f"A999826{serial:06}"


def seen(actor: Actor, made: UUID) -> Container:
    with reading(site=actor.site):
        return Container.objects.get(id=made)


def _no_pair_is_accepted(actor: Actor, count: int) -> None:
    made = [container(actor, f"C-{n}", coi=coi(n), din=din(n)) for n in range(count)]
    with reading(site=actor.site):
        bags = [Container.objects.get(id=bag) for bag in made]
        for mine, other in itertools.permutations(bags, 2):
            with pytest.raises(WrongContainer) as refused:
                rules.check_container_of(mine.coi, other)
            assert refused.value.params["other"] == other.coi
            for wrong in (f"&/{other.coi}", f"={other.din}00"):
                with pytest.raises(IdentifierMismatch):
                    rules.check_second_identifier(mine, wrong)
        for bag in bags:
            rules.check_container_of(bag.coi, bag)
            rules.check_second_identifier(bag, f"&/{bag.coi}")
            rules.check_second_identifier(bag, f"={bag.din}00")


@pytest.mark.req("E4-9b", "CI-6")
@pytest.mark.scenario(21)
def test_no_other_patients_container_is_accepted(keeper: Actor) -> None:
    _no_pair_is_accepted(keeper, 12)


@pytest.mark.slow
@pytest.mark.req("E4-9b", "CI-6")
@pytest.mark.scenario(21)
def test_no_other_patients_container_is_accepted_of_fifty(keeper: Actor) -> None:
    _no_pair_is_accepted(keeper, 50)


@acting
def scan(*, command: Command, scanned: str, of: str, step: UUID) -> Reply:
    """Check a container as a step of the engine does."""
    with act(command, streams=[step]) as a:
        rules.check_container_of(of, selectors.container_scanned(scanned), streams=[step])
    return a.reply


def test_a_wrong_scan_is_recorded_on_both_and_shows_the_others_mark(keeper: Actor) -> None:
    mine = container(keeper, "C-1", coi=coi(1))
    other = container(keeper, "C-2", coi=coi(2))
    with pytest.raises(WrongContainer) as refused:
        scan(command=command(keeper), scanned="C-2", of=coi(1), step=mine)
    assert refused.value.interlock == "absolute"
    assert refused.value.params["other_mark"] == "circle-filled-AC"
    assert refused.value.params["place"] == "Receipt bench"
    with reading(site=keeper.site):
        kinds = Entry.objects.filter(kind="attempt.refused").values_list("stream", flat=True)
        assert set(kinds) == {mine, other}


@pytest.mark.req("CI-2")
def test_what_a_scan_means(keeper: Actor) -> None:
    made = container(keeper, "C-1", coi=coi(1), din=din(1))
    container(keeper, "C-2", coi=coi(2), din=din(2))
    container(keeper, "C-3", coi=coi(2), din=din(2))
    with reading(site=keeper.site):
        assert selectors.container_scanned("]d1C-1\r\n").id == made
        assert selectors.container_scanned(f"]C0={din(1)}00").id == made
        for scanned, refused in (
            (f"={din(2)}00", ContainerAmbiguous),
            (f"={din(3)}00", ContainerUnknown),
            (f"&/{coi(1)}", ScanUnreadable),
            ("=<S12954A0", ScanUnreadable),
            ("NO-SUCH", ContainerUnknown),
            ("", ContainerUnknown),
        ):
            with pytest.raises(refused):
                selectors.container_scanned(scanned)


@pytest.mark.req("CI-3")
def test_a_typed_second_identifier_carries_its_check_character(keeper: Actor) -> None:
    made = container(keeper, "C-1", coi=coi(1), din=din(1))
    bag = seen(keeper, made)
    check = isbt128.check_character
    rules.check_second_identifier(bag, coi(1) + check(coi(1)), typed=True)
    rules.check_second_identifier(bag, f"{din(1)} [{check(din(1))}]", typed=True)
    for wrong in (coi(1), coi(1) + "A", din(1), f"&/{coi(1)}"):
        with pytest.raises(ScanUnreadable):
            rules.check_second_identifier(bag, wrong, typed=True)
    with pytest.raises(ScanUnreadable):
        rules.check_second_identifier(bag, coi(1) + check(coi(1)))


def test_a_container_without_proven_identity_is_nobodys(keeper: Actor) -> None:
    bag = seen(keeper, container(keeper, "X-1", coi="", doubt="label torn off"))
    with pytest.raises(WrongContainer):
        rules.check_container_of(coi(1), bag)


def test_quarantine_is_conditional_and_what_is_used_up_is_not(keeper: Actor) -> None:
    made = container(keeper, "C-1", coi=coi(1), doubt="temperature record missing")
    bag = seen(keeper, made)
    with pytest.raises(ContainerInQuarantine) as refused:
        rules.check_container_usable(bag)
    assert refused.value.params["reason"] == "temperature record missing"
    rules.check_container_usable(bag, conceded=["container.quarantine"])
    on(keeper, made, lambda a: consume_container(a, made, batch=BATCH, step="load/id[1]"))
    with pytest.raises(ContainerGone):
        rules.check_container_usable(seen(keeper, made), conceded=["container.consumed"])


def on(actor: Actor, made: UUID, *bodies: Any, new: Sequence[ContainerDraft] = ()) -> list[Any]:
    """Run functions inside one act that has a container locked."""
    heads = [draft.new(actor.site) for draft in new]
    with act(command(actor), streams=[made], new=heads) as a:
        return [body(a) for body in bodies]


def test_a_container_made_of_another_keeps_its_origin(keeper: Actor) -> None:
    source = container(keeper, "C-1", coi=coi(1))
    with reading(site=keeper.site):
        label = selectors.next_label(coi(1), ContainerKind.PRODUCT)
    draft = ContainerDraft(
        label=label, kind=ContainerKind.PRODUCT, coi=coi(1), batch=BATCH, volume=Decimal("50.5"),
        sources=(source,),
    )  # fmt: skip

    def make(a: Act) -> None:
        make_container(a, draft)
        consume_container(a, source, batch=BATCH, step="fill/bag[1]")

    on(keeper, source, make, new=[draft])
    with reading(site=keeper.site):
        assert selectors.sources_of(draft.id) == [source]
        assert [c.id for c in selectors.containers_of_batch(BATCH)] == [draft.id]
        assert [c.label for c in selectors.containers_of_patient(coi(1))] == ["C-1", label]
        assert selectors.next_label(coi(1), ContainerKind.PRODUCT) == "26-000001-P02"
    assert label == "26-000001-P01"
    assert verify(everything=True).differences == []


MOVES: dict[str, Any] = {
    "store": lambda a, c: store_container(a, c, "LN2 4/7"),
    "move": lambda a, c: move_container(a, c, "Hall 2"),
    "release": lambda a, c: release_container(a, c, basis="certified"),
    "quarantine": lambda a, c: quarantine_container(a, c, reason="leak"),
    "consume": lambda a, c: consume_container(a, c, batch=None, step="destroyed"),
}
C = ContainerStatus
AFTER = {
    C.RECEIVED: {"store": C.STORED, "move": C.RECEIVED, "release": C.RELEASED,
                 "quarantine": C.QUARANTINE, "consume": C.CONSUMED},
    C.STORED: {"store": C.STORED, "move": C.STORED, "release": C.RELEASED,
               "quarantine": C.QUARANTINE, "consume": C.CONSUMED},
    C.RELEASED: {"store": C.RELEASED, "move": C.RELEASED, "quarantine": C.QUARANTINE,
                 "consume": C.CONSUMED},
    C.QUARANTINE: {"store": C.QUARANTINE, "move": C.QUARANTINE, "release": C.RELEASED,
                   "consume": C.CONSUMED},
    C.CONSUMED: {},
}  # fmt: skip
WAY = {C.RECEIVED: "", C.STORED: "store", C.RELEASED: "release", C.QUARANTINE: "quarantine",
       C.CONSUMED: "consume"}  # fmt: skip


@pytest.mark.parametrize("status", AFTER)
@pytest.mark.parametrize("name", MOVES)
def test_every_move_from_every_status(keeper: Actor, status: ContainerStatus, name: str) -> None:
    made = container(keeper, "C-1")
    if WAY[status]:
        on(keeper, made, lambda a: MOVES[WAY[status]](a, made))
    wanted = AFTER[status].get(name)
    if wanted is None:
        with pytest.raises(ContainerStatusRefused):
            on(keeper, made, lambda a: MOVES[name](a, made))
    else:
        on(keeper, made, lambda a: MOVES[name](a, made))
    assert seen(keeper, made).status == (wanted or status)


def test_a_label_is_given_once_at_a_site(keeper: Actor) -> None:
    container(keeper, "C-1")
    with pytest.raises(LabelTaken):
        container(keeper, "C-1")
    container(somebody(), "C-1")


def test_a_void_container_is_accepted_by_no_scan(keeper: Actor) -> None:
    made = container(keeper, "C-1", coi=coi(1))
    void_container(command=command(keeper), container=made, reason="never filled")
    with pytest.raises(ContainerVoid):
        rules.check_container_of(coi(1), seen(keeper, made))


@pytest.mark.req("F211-125")
@pytest.mark.scenario(23)
def test_a_replaced_label_is_refused_and_all_labels_are_accounted_for(keeper: Actor) -> None:
    draft = ContainerDraft(label="P-1", kind=ContainerKind.PRODUCT, coi=coi(1), batch=BATCH)
    with act(command(keeper), new=[draft.new(keeper.site)]) as a:
        make_container(a, draft)
    made = draft.id
    [first] = on(keeper, made, lambda a: issue_label(a, made))
    on(keeper, made, lambda a: apply_label(a, made, first))
    with pytest.raises(TextMissing):
        on(keeper, made, lambda a: issue_label(a, made))
    second, third = on(
        keeper, made,
        lambda a: issue_label(a, made, reason="smeared"),
        lambda a: issue_label(a, made, reason="printer test"),
    )  # fmt: skip
    assert (first, second, third) == ("P-1.1", "P-1.2", "P-1.3")
    on(keeper, made, lambda a: apply_label(a, made, second))
    with reading(site=keeper.site):
        assert selectors.container_scanned(second).id == made
        with pytest.raises(ContainerVoid):
            selectors.container_scanned(first)
        assert selectors.label_balance(batch=BATCH) == LabelBalance(3, 2, 0)
        assert selectors.label_balance(batch=BATCH).difference == 1
    on(keeper, made, lambda a: void_label(a, made, third, outcome="destroyed", reason="surplus"))
    with reading(site=keeper.site):
        assert selectors.label_balance(batch=BATCH).difference == 0
    with pytest.raises(LabelStateRefused):
        on(keeper, made, lambda a: apply_label(a, made, third))
    with pytest.raises(LabelUnknown):
        on(keeper, made, lambda a: apply_label(a, made, "P-1.9"))
    assert verify(everything=True).differences == []


@pytest.mark.parametrize("text", ["26-000037-P01.2", "&/CHA999926000001"])
def test_the_printed_code_reads_back(text: str) -> None:
    symbol = data_matrix(text)
    assert symbol.width == symbol.height
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    [read] = zxingcpp.read_barcodes(drawn.to_image(scale=4, add_quiet_zones=True))
    assert read.text == text
