"""The product's expiry: reckoned from the recipe's shelf life, certified, and counted from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from batches.enums import Disposition
from batches.models import Step
from materials.entries import ContainerMade
from materials.models import Container
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from quality import services
from quality.exceptions import ProductExpired
from quality.rules import gates, standing_of
from quality.services.disposition import disposition_content, expiry_of
from records.act import New, act
from records.models import Entry, Stream
from records.reading import reading
from records.retention import clock_of, years_after
from tests.builders import quality as build
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.quality import Bench, proof_of

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("E4-5", "E4-6", "F211-180"),
]
LIFE, NOW = timedelta(days=10), timedelta()
SIGNED = {
    "batch", "disposition", "reason", "record", "review", "gates", "pending", "containers",
}  # fmt: skip
KEEPS = build.RECIPE + b"shelf_life: {from: work/fill/bag, max: 10 d}\n"


def ready(source: bytes = KEEPS, site: DemoSite | None = None) -> Bench:
    issued = build.issued(site, source=source)
    bench = build.with_results(build.received(build.performed(issued)))
    build.sign_review(bench)
    return bench


def bag(bench: Bench) -> Step:
    [step] = [one for one in bench.record().steps if one.path == "work/fill/bag"]
    return step


def certified(bench: Bench) -> dict[str, Any]:
    with reading(site=bench.site.id):
        [entry] = Entry.objects.filter(stream=bench.batch, kind="batch.dispositioned")
        said: dict[str, Any] = entry.envelope["payload"]
        return {**said, "at": entry.at}


def kept_until(bench: Bench, kind: str, *, holds: str = "") -> datetime | None:
    with reading(site=bench.site.id):
        heads = Stream.objects.filter(kind=kind)
        if holds:
            heads = heads.filter(id__in=Container.objects.filter(kind=holds).values("id"))
        [head] = heads
        clock = clock_of(head)
    assert clock is not None
    return clock.until


def pour_on(bench: Bench) -> None:
    """Fill another container from the product: it has no end of its own any more."""
    with reading(site=bench.site.id):
        product = Container.objects.get(kind="product")
    said = ContainerMade(
        label="26-000001-I09", holds="intermediate", coi=product.coi, mark=product.mark,
        din=product.din, batch=None, volume=None, unit="mL", location="", sources=(product.id,),
        clocks={},
    )  # fmt: skip
    made, command = uuid7(), a_command(bench.actor("operator"))
    with act(command, streams=[product.id], new=[New("container", made, bench.site.id)]) as a:
        a.append(made, said)


def test_the_certificate_says_the_expiry_and_the_trace_is_kept_thirty_years_from_it() -> None:
    bench = ready()
    ended = bag(bench).closed_at
    assert ended is not None
    client = signed_in_client(bench.site, "releasing-person")
    rows = client.get(f"/quality/batches/{bench.batch}/release/").context["sheet"].rows
    [row] = [row for row in rows if row["strong"] == "Expires"]
    assert (row["icon"], str((ended + LIFE).year) in row["text"]) == ("clock", True)
    build.release(bench)
    said, record = certified(bench), bench.record()
    assert datetime.fromisoformat(said["expires_at"]) == ended + LIFE
    assert record.disposition is not None
    assert record.disposition.expires_at == ended + LIFE
    thirty = years_after(ended + LIFE, 30)
    assert kept_until(bench, "order") == kept_until(bench, "container", holds="product") == thirty
    # What nobody's expiry is certified of stays by what stands for the longest.
    apart = kept_until(bench, "container", holds="sample")
    assert apart is not None
    assert apart > years_after(ended, 35)
    pour_on(bench)
    later = kept_until(bench, "container", holds="product")
    assert later is not None
    assert later > years_after(ended, 35)
    assert kept_until(bench, "batch") == years_after(said["at"], 10)
    address = f"/quality/batches/{bench.batch}/"
    header = client.get(f"{address}record.json").json()["record"]["header"]
    assert header["expires"].startswith(str((ended + LIFE).year))
    facts = client.get(address).context["strip"]["facts"]
    assert {"label": "Expires", "at": ended + LIFE} in facts


def test_the_signature_covers_the_expiry_and_other_content_is_what_it_was() -> None:
    for source, more in ((KEEPS, {"expires_at"}), (build.RECIPE, set[str]())):
        site = open_demo_site("MZ2") if source == build.RECIPE else None
        bench = ready(source, site)
        record = bench.record()
        with reading(site=bench.site.id):
            content = disposition_content(record, gates(standing_of(record)), Disposition.RELEASED)
        assert isinstance(content, dict)
        assert content.keys() - SIGNED == more
        build.release(bench)
        assert certified(bench)["signature"]["content_hash"] == content_hash(content)


@pytest.mark.req("E4-11c")
@pytest.mark.parametrize(("early", "released"), [(timedelta(microseconds=1), True), (NOW, False)])
def test_a_product_is_released_before_its_expiry_and_not_from_then_on(
    early: timedelta, released: bool, at_time: Callable[[datetime], None]
) -> None:
    bench = ready()
    ended = bag(bench).closed_at
    assert ended is not None
    at_time(ended + LIFE - early)
    if released:
        build.release(bench)
        return
    with pytest.raises(ProductExpired, match="The product of B-26-0001 expired on"):
        build.release(bench)
    assert (bench.row().disposition, bench.record().disposition) == ("", None)
    client = signed_in_client(bench.site, "releasing-person")
    page = client.get(f"/quality/batches/{bench.batch}/release/").context["sheet"]
    assert page.blocked.endswith("no question of a release.")
    with reading(site=bench.site.id):
        kept = Entry.objects.filter(stream=bench.batch, kind="attempt.refused")
        assert [row.envelope["payload"]["code"] for row in kept] == ["product.expired"]


def test_what_has_no_expiry_is_kept_as_if_it_kept_longest() -> None:
    bench = ready(build.RECIPE)
    build.release(bench)
    said = certified(bench)
    assert said["expires_at"] is None
    assert kept_until(bench, "order") == years_after(years_after(said["at"], 5), 30)


def test_a_rejected_product_has_no_expiry() -> None:
    bench = ready()
    services.reject_batch(
        command=bench.command("releasing-person"), batch=bench.batch, reason="Bag leaks.",
        content_hash=build.shown_hash(bench, "rejected"),
        proof=proof_of(bench.actor("releasing-person")),
    )  # fmt: skip
    assert certified(bench)["expires_at"] is None


def test_it_counts_from_the_first_end_of_its_step_once_there_is_one() -> None:
    record = build.issued(source=KEEPS).record()
    assert expiry_of(record) is None
    at = record.batch.issued_at
    times: list[datetime | None] = [at + timedelta(hours=3), at + timedelta(hours=1), None]
    steps = [Step(path="work/fill/bag", iteration=n, closed_at=t) for n, t in enumerate(times, 1)]
    other = Step(path="work/fill/ready", iteration=1, closed_at=at)
    assert expiry_of(replace(record, steps=[other, *steps])) == at + LIFE + timedelta(hours=1)
