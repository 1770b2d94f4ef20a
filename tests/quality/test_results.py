"""Samples and results: registered once, reviewed by another, corrected in the open."""

import pytest

from accounts.exceptions import SamePerson
from accounts.services.ceremony import Proof
from batches.models import BatchResult
from quality import services
from quality.enums import SampleState
from quality.exceptions import (
    ResultStands,
    ResultSuperseded,
    SampleAlreadyReceived,
    SampleNotReceived,
    SignerIsAnother,
    UnknownTest,
)
from quality.models import Sample
from quality.services.results import Typed
from quality.services.samples import Drawn
from quality.tasks import register
from recipes.judging import ValueNotUnderstood
from records import outbox
from records.models import Message as MessageRow
from records.outbox import Message
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import a_command
from tests.builders.quality import Bench, proof_of

pytestmark = pytest.mark.usefixtures("committed_db")


def ready() -> Bench:
    return build.at_qc()


def arrived(bench: Bench) -> dict[str, tuple[str, str]]:
    with reading(site=bench.site.id):
        rows = BatchResult.objects.filter(stream=bench.batch)
        return {row.test: (row.value, row.outcome) for row in rows}


def test_drawn_sample_is_registered_once_however_often_it_is_told() -> None:
    bench = build.performed(build.issued())
    sample = bench.sample()
    assert (sample.number, sample.state) == ("S-26-0001-01", SampleState.DRAWN)
    assert sample.tests == ["viability", "dose", "appearance", "sterility"]
    row = MessageRow.objects.get(topic="sample.drawn")
    again = Message(
        row.id, row.topic, row.consumer, row.site, row.zone, dict(row.payload), attempts=2
    )
    register(again)
    with reading(site=bench.site.id):
        assert Sample.objects.count() == 1


def test_same_label_under_another_message_registers_nothing() -> None:
    bench = build.performed(build.issued())
    row = MessageRow.objects.get(topic="sample.drawn")
    second = services.register_sample
    sample = bench.sample()
    from records.exceptions import StreamExists

    with pytest.raises(StreamExists):
        second(
            command=a_command(bench.site.system),
            drawn=Drawn(
                batch=bench.batch, batch_number="B-26-0001", step=sample.step,
                label=sample.label, tests=("viability",), volume=None, unit="mL",
                drawn_at=sample.drawn_at,
            ),
        )  # fmt: skip
    assert row.consumer == "quality.register_sample"


def test_result_before_receipt_is_refused() -> None:
    bench = build.performed(build.issued())
    with pytest.raises(SampleNotReceived):
        build.entered(bench, "viability", "90")
    build.received(bench)
    with pytest.raises(SampleAlreadyReceived):
        build.received(bench)


@pytest.mark.req("F211-194", "F211-110")
def test_result_reaches_the_batch_only_when_another_person_has_reviewed_it() -> None:
    bench = ready()
    result = build.entered(bench, "viability", "92.50")
    assert arrived(bench) == {}
    analyst = bench.actor("qc-analyst")
    with pytest.raises(SamePerson):
        services.review_result(command=a_command(analyst), result=result, proof=proof_of(analyst))
    build.reviewed(bench, result)
    assert arrived(bench) == {"viability": ("92.50", "cleared")}


def test_proof_of_a_third_person_reviews_nothing() -> None:
    bench = ready()
    result = build.entered(bench, "viability", "92.5")
    second = bench.another("qc-analyst")
    third: Proof = proof_of(bench.actor("microbiology"))
    with pytest.raises(SignerIsAnother):
        services.review_result(command=a_command(second), result=result, proof=third)


@pytest.mark.req("F211-165")
def test_second_final_result_of_a_test_is_refused() -> None:
    bench = build.with_results(ready(), {"viability": "61"})
    with pytest.raises(ResultStands):
        build.entered(bench, "viability", "93")


def test_test_that_the_sample_was_not_drawn_for_is_refused() -> None:
    with pytest.raises(UnknownTest):
        build.entered(ready(), "endotoxin", "1")


def test_value_that_is_no_number_is_refused_and_names_its_field() -> None:
    with pytest.raises(ValueNotUnderstood) as refused:
        build.entered(ready(), "viability", "9,5")
    assert (refused.value.field, refused.value.status) == ("value", 422)


@pytest.mark.req("A11-8", "F211-194")
def test_correction_keeps_the_old_value_and_asks_for_a_new_review() -> None:
    bench = build.with_results(ready(), {"viability": "61"})
    old = bench.record().results[0]
    services.correct_result(
        command=bench.command("qc-analyst"), result=old.id, reason="Wrong dilution.",
        typed=Typed(test="viability", value="91"),
    )  # fmt: skip
    rows = {row.value: row for row in bench.record().results}
    assert rows["61"].superseded
    assert (rows["91"].corrects, rows["91"].reviewed_at) == (old.id, None)
    assert arrived(bench) == {"viability": ("61", "flagged")}
    build.reviewed(bench, rows["91"].id)
    assert arrived(bench) == {"viability": ("91", "cleared")}
    with pytest.raises(ResultSuperseded):
        build.reviewed(bench, old.id)


def test_interim_reading_meets_no_criterion_but_a_bad_one_counts() -> None:
    bench = ready()
    build.reviewed(bench, build.entered(bench, "sterility", "negative", interim=True))
    assert arrived(bench) == {}
    build.reviewed(bench, build.entered(bench, "sterility", "positive", interim=True))
    assert arrived(bench) == {"sterility": ("positive", "flagged")}


def test_sample_is_tested_when_every_test_has_a_reviewed_result() -> None:
    bench = build.with_results(ready(), {**build.GOOD, **build.STERILE})
    assert bench.sample().state == SampleState.TESTED


@pytest.mark.req("E4-11a")
def test_late_failure_is_a_critical_exception_and_holds_the_batch() -> None:
    bench = build.ready_for_release()
    build.release(bench)
    build.with_results(bench, {"sterility": "positive"})
    [raised] = bench.exceptions()
    assert (raised.code, raised.severity) == ("late.failure", "critical")
    outbox.drain()
    batch = bench.row()
    assert (batch.quality_hold, batch.quality_hold_reason) == (True, "sterility: positive")
