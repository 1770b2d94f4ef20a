"""Containers on their way: split, pooled, sampled, accounted for; identity at each."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from batches.exceptions import CommentMissing, ContainersLeft, UnexpectedLabel, WrongKindOfContainer
from batches.findings import sentence as sentence_of
from batches.models import BatchException
from batches.pages.head import head_of
from batches.pages.seen import look
from batches.selectors import batch_of, recipe_of
from batches.timing import times_of
from materials.enums import ContainerStatus
from materials.exceptions import WrongContainer
from materials.models import Container
from materials.selectors import (
    clocks_of,
    containers_of_batch,
    drawn_as_samples,
    made_from,
    sources_of,
)
from mes.lib import clock
from mes.lib.refusals import Refusal
from quality.models import Sample
from quality.services import receive_sample
from records import outbox
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.batches import a_plant
from tests.builders.kinds import FOLDER, Run, a_run, made_effective

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


def a_batch() -> Run:
    plant = a_plant()
    return a_run(plant, made_effective(plant, "containers.yaml"))


def refused(run: Run, kind: type[Refusal], **changed: str) -> Refusal:
    with reading(site=run.plant.site):
        before = Entry.objects.exclude(kind="attempt.refused").count()
    with pytest.raises(kind) as caught:
        run.do(**changed)
    with reading(site=run.plant.site):
        assert Entry.objects.exclude(kind="attempt.refused").count() == before
    return caught.value


def there(run: Run) -> dict[str, tuple[str, Decimal | None, str]]:
    """The containers of the patient: kind, volume and status by the end of their label."""
    with reading(site=run.plant.site):
        rows = Container.objects.of_patient(run.row().coi).order_by("label")
        return {row.label[-3:]: (row.kind, row.volume, row.status) for row in rows}


def named(run: Run, end: str) -> UUID:
    with reading(site=run.plant.site):
        return Container.objects.get(coi=run.row().coi, label__endswith=end).id


def codes(run: Run) -> list[str]:
    with reading(site=run.plant.site):
        rows = BatchException.objects.filter(stream=run.batch).order_by("entry_seq", "id")
        return list(rows.values_list("code", flat=True))


GONE, STORED = ContainerStatus.CONSUMED, ContainerStatus.STORED


@pytest.mark.req("E4-9b", "F211-125", "F211-105")
def test_what_is_split_and_pooled_balances_and_keeps_where_it_came_from() -> None:
    run = a_batch().up_to("split")
    run.do()  # three bags of 35 mL out of 120; 15 are left
    run.do()  # 2.75 mL drawn from the last one
    with reading(site=run.plant.site):
        opened = clocks_of([named(run, "C01")])
    run.up_to("clear-after")
    assert there(run) == {
        "C01": ("collection", Decimal(15), GONE),
        "I01": ("intermediate", Decimal(35), GONE),
        "I02": ("intermediate", Decimal(35), GONE),
        "I03": ("intermediate", Decimal("32.25"), GONE),
        "P01": ("product", Decimal("102.25"), STORED),
        "S01": ("sample", Decimal("2.75"), ContainerStatus.IN_USE),
    }
    with reading(site=run.plant.site):
        bags = [named(run, f"I0{n}") for n in (1, 2, 3)]
        product, sample = named(run, "P01"), named(run, "S01")
        # Genealogy both ways, from the collection to the product.
        assert sorted(sources_of(product)) == sorted(bags)
        assert [sources_of(bag) for bag in bags] == [[named(run, "C01")]] * 3
        assert sorted(made_from(named(run, "C01"))) == sorted(bags)
        assert sorted(made_from(bags[2])) == sorted([product, sample])
        assert drawn_as_samples(containers_of_batch(run.batch)) == [("mL", Decimal("2.75"))]
        # The clock of the opened collection goes along with every drop of it.
        assert set(opened) == {"opened"}
        assert clocks_of([product]) == clocks_of([sample]) == clocks_of([bags[0]]) == opened
        # A limit of time asks for the clock of the container that is handled.
        times = times_of(batch_of(run.batch), recipe_of(batch_of(run.batch)), by=clock.now())
        handled = {"code1": Container.objects.get(id=product).label}
        here = "seeding/seed/stored"
        found = times.moment("clock.opened", at=here, iteration=1, values=handled)
        assert found == opened["opened"]
    assert codes(run) == []
    assert verify(everything=True).clean


def clocks_shown(run: Run) -> dict[str, tuple[str, int]]:
    """What the header says of the two most urgent clocks: whose, and how many minutes are left."""
    with reading(site=run.plant.site):
        head = head_of(look(run.batch, run.plant.crew.actor("brandt")))
    then = head["safe_then"]
    shown = [(head["safe_of"], head["safe_until"]), *([(then.of, then.until)] if then else [])]
    names = ("first", "then")
    return {
        name: (of, round((until - clock.now()) / timedelta(minutes=1)))
        for name, (of, until) in zip(names, shown, strict=False)
    }


@pytest.mark.req("F211-111")
def test_the_header_shows_the_clocks_of_the_containers_that_are_here(tmp_path: Path) -> None:
    text = (FOLDER / "containers.yaml").read_text()
    for key, most in (("pool", "2 h"), ("stored", "90 min")):
        limit = f"within: [{{from: clock.opened, max: {most}}}]"
        text = text.replace(f"- key: {key}\n", f"- key: {key}\n            {limit}\n")
    (tmp_path / "timed.yaml").write_text(text)
    plant = a_plant()
    run = a_run(plant, made_effective(plant, str(tmp_path / "timed.yaml"))).up_to("split")
    clock.advance(timedelta(minutes=10))
    # Of several limits that wait for a container the earliest counts.
    assert clocks_shown(run) == {"first": ("C01", 80)}
    run.do()
    # What was filled together ends together; the sample's clock is nobody's limit.
    clock.advance(timedelta(minutes=20))
    assert clocks_shown(run) == {"first": ("C01 +3", 60)}
    run.up_to("pool").do()
    clock.advance(timedelta(minutes=65))
    assert clocks_shown(run) == {"first": ("C01 +1", -5)}
    run.do(comment="The store was being filled.")
    with reading(site=run.plant.site):
        assert "safe_until" not in head_of(look(run.batch, run.plant.crew.actor("brandt")))


@pytest.mark.req("E4-9b")
@pytest.mark.scenario(21)
def test_identity_is_checked_at_every_container_and_a_balance_that_is_off_is_marked() -> None:
    run = a_batch().up_to("split")
    other = a_run(run.plant, run.row().recipe_version, number=2, place=2).up_to("split")
    theirs = other.good()
    # Another patient's collection, or a label that they have not yet; then labels out of order.
    assert refused(run, WrongContainer, source=theirs["source"]).interlock == "absolute"
    refused(run, UnexpectedLabel, label2=theirs["label2"])
    refused(run, UnexpectedLabel, label3=run.good()["label3"][:-1] + "9")
    mine = run.good()
    refused(run, CommentMissing, rest="30")
    run.do(label1=mine["label2"], label2=mine["label1"], label3="", rest="30", comment="Foam.")
    assert [label for label in there(run) if label.startswith("I")] == ["I01", "I02"]
    other.do()
    run.up_to("pool")
    refused(run, WrongContainer, source2=theirs["label2"])
    collection = mine["source"]
    refused(run, WrongKindOfContainer, source2=collection)
    other.up_to("pool")
    refused(other, WrongContainer, source1=mine["label1"])
    assert codes(run).count("transfer.unbalanced") == 1


@pytest.mark.req("F211-125")
def test_no_container_is_left_over() -> None:
    run = a_batch().up_to("pool")
    run.do(source3="", comment="One bag leaks.")
    refused(run, WrongKindOfContainer, code1=_label(run, "C01"))
    run.do()
    left = _label(run, "I03")
    said = refused(run, ContainersLeft, code1="", comment="")
    assert (said.params["labels"], said.interlock) == (left, "conditional")
    run.do()
    assert (there(run)["I03"][2], there(run)["P01"][2]) == (GONE, STORED)
    run.do()
    assert there(run)["C01"][2] == GONE


@pytest.mark.scenario("hold-to-test")
def test_a_sample_that_waits_too_long_is_taken_in_and_is_an_exception() -> None:
    run = a_batch().up_to("pool")
    outbox.drain()
    drawn = clock.now()
    clock.simulate(drawn + timedelta(hours=4, seconds=1))
    with reading(site=run.plant.site):
        sample = Sample.objects.of_batch(run.batch).get()
    receive_sample(
        command=run.command("lindner"), sample=sample.id, condition="Intact, label legible"
    )
    assert codes(run) == ["sample.hold_missed"]
    with reading(site=run.plant.site):
        row = BatchException.objects.get(stream=run.batch)
        assert sentence_of(row.code, row.params).startswith(
            f"Sample {sample.number} came to the laboratory after 4 h"
        )


def _label(run: Run, end: str) -> str:
    with reading(site=run.plant.site):
        return Container.objects.get(coi=run.row().coi, label__endswith=end).label
