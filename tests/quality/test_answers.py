"""Exceptions, concessions and holds: who answers, and what follows from it."""

from datetime import timedelta
from uuid import UUID

import pytest

from accounts.exceptions import NotAllowed, SamePerson
from batches.entries import ExceptionRaised, Said
from batches.enums import ConcessionState
from materials.services import quarantine_lot
from mes.lib import clock
from quality import services
from quality.enums import Judgement
from quality.exceptions import (
    AlreadyJudged,
    AlreadyOnHold,
    ConcessionAnswered,
    ConcessionTimeInvalid,
    NotOnHold,
    OwnConcession,
    OwnException,
    TextMissing,
)
from records import outbox
from records.act import act
from tests.builders import materials as stock
from tests.builders import quality as build
from tests.builders.accounts import a_command, person
from tests.builders.quality import Bench

pytestmark = pytest.mark.usefixtures("committed_db")


def test_exception_is_judged_once() -> None:
    bench = build.issued()
    raised = build.reported(bench)
    assert build.judged(bench, raised)["judgement"] == Judgement.ACCEPTED
    with pytest.raises(AlreadyJudged):
        build.judged(bench, raised)


def test_comment_is_asked_for() -> None:
    bench = build.issued()
    raised = build.reported(bench)
    with pytest.raises(TextMissing):
        services.judge_exception(
            command=bench.command("qa-reviewer"), batch=bench.batch, exception=raised.id,
            judgement=Judgement.ACCEPTED, comment="  ",
        )  # fmt: skip


@pytest.mark.req("D11-12e")
def test_who_raised_or_performed_it_does_not_judge_it() -> None:
    bench = build.issued()
    both = person("operator", "qa-reviewer", site=bench.site, name="Both Roles")
    bench.site.people["operator"] = bench.site.people["qa-reviewer"] = both
    raised = build.reported(bench)
    with pytest.raises(OwnException):
        build.judged(bench, raised)


def used_under_concession(bench: Bench) -> None:
    """Append what the engine says of a step that passed under a concession."""
    said = Said(code="concession.used", severity="major", params={"said": "lot.expired"})
    with act(bench.command("operator"), streams=[bench.batch]) as a:
        a.append(bench.batch, ExceptionRaised(step="work/fill/ready", said=said, comment=""))


def test_who_granted_a_concession_does_not_judge_its_exception() -> None:
    bench = build.issued()
    both = person("qa-on-call", "qa-reviewer", site=bench.site, name="Both Roles")
    bench.site.people["qa-on-call"] = bench.site.people["qa-reviewer"] = both
    build.granted(bench, build.asked(bench))
    used_under_concession(bench)
    with pytest.raises(OwnConcession):
        build.judged(bench, bench.exceptions()[-1])


def test_grant_opens_a_deviation_and_lets_the_step_pass_until_its_time() -> None:
    bench = build.issued()
    assert build.granted(bench, build.asked(bench))["deviation"] == "DEV-26-0001-1"
    record = bench.record()
    [concession], [deviation] = record.concessions, record.deviations
    assert (concession.state, concession.answered_by_name) == (
        ConcessionState.GRANTED, "Ines Vogt",
    )  # fmt: skip
    assert (deviation.concession, deviation.state) == (concession.id, "open")


@pytest.mark.parametrize("hours", [-1, 0, 25])
def test_concession_holds_for_a_day_at_most(hours: int) -> None:
    bench = build.issued()
    concession = build.asked(bench)
    with pytest.raises(ConcessionTimeInvalid):
        build.granted(bench, concession, hours=hours)


def test_who_asked_does_not_grant() -> None:
    bench = build.issued()
    both = person("operator", "qa-on-call", site=bench.site, name="Both Roles")
    bench.site.people["operator"] = bench.site.people["qa-on-call"] = both
    concession = build.asked(bench)
    with pytest.raises(SamePerson):
        build.granted(bench, concession)


def test_concession_is_answered_once() -> None:
    bench = build.issued()
    concession = build.asked(bench)
    services.decline_concession(
        command=bench.command("qa-on-call"), batch=bench.batch, concession=concession,
        reason="Take lot L-2.",
    )  # fmt: skip
    with pytest.raises(ConcessionAnswered):
        build.granted(bench, concession)


def test_only_qa_on_call_grants() -> None:
    bench = build.issued()
    concession = build.asked(bench)
    with pytest.raises(NotAllowed):
        services.grant_concession(
            command=bench.command("qa-reviewer"), batch=bench.batch, concession=concession,
            until=clock.now() + timedelta(hours=1), reason="r", risk="r",
            proof=build.proof_of(bench.actor("qa-reviewer")),
        )  # fmt: skip


def test_hold_is_set_once_and_lifted_once() -> None:
    bench = build.issued()

    def hold() -> None:
        services.set_quality_hold(
            command=bench.command("qa-reviewer"), batch=bench.batch, reason="Lot in doubt."
        )

    def lift() -> None:
        services.lift_quality_hold(
            command=bench.command("qa-reviewer"), batch=bench.batch, reason="Lot is fine."
        )

    hold()
    with pytest.raises(AlreadyOnHold):
        hold()
    lift()
    with pytest.raises(NotOnHold):
        lift()


def used(bench: Bench, lot: UUID) -> None:
    """Let a batch take from a lot, as a step does."""
    from decimal import Decimal

    from materials.services import consume_lot

    with act(a_command(bench.actor("operator")), streams=[lot]) as a:
        consume_lot(a, lot, Decimal(1), bench.batch, "work/fill/ready")


@pytest.mark.scenario(25)
def test_quarantined_lot_holds_every_batch_that_used_it_and_no_other() -> None:
    first = build.issued()
    second = build.issued(first.site, number="B-26-0002")
    other = build.issued(first.site, number="B-26-0003")
    actor = first.actor("materials")
    stock.material(actor)
    lot, clean = stock.lot(actor, "L-1"), stock.lot(actor, "L-2")
    used(first, lot)
    used(second, lot)
    used(other, clean)
    quarantine_lot(command=first.command("qa-reviewer"), lot=lot, reason="Supplier's recall.")
    outbox.drain()
    assert [bench.row().quality_hold for bench in (first, second, other)] == [True, True, False]
    [raised] = first.exceptions()
    assert (raised.code, raised.severity) == ("lot.quarantined", "major")
