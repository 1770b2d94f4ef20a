"""What a step refuses, and that nothing was written when it did."""

from datetime import timedelta

import pytest

from accounts.exceptions import NotAllowed
from accounts.qualification_exceptions import NotQualified
from batches.exceptions import (
    BatchHeld,
    CommentMissing,
    HeldByQuality,
    NothingClaimed,
    PerformerMissing,
    StepAlreadyDone,
    StepNotDue,
    StepWaitsForVerifier,
    UnitUnknown,
    VerifiedOwnWork,
)
from batches.models import BatchException, RefusedAttempt
from batches.services import ask_concession, hold_process, perform_step, restart_process
from equipment.exceptions import NotClaimed, UnitOutOfCalibration
from equipment.models import Claim, Unit
from materials.exceptions import (
    ContainerUnknown,
    IdentifierMismatch,
    LotExpired,
    LotNotReleased,
    LotUnknown,
    WrongContainer,
    WrongMaterial,
)
from materials.models import Lot
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from plant.house import deliver
from quality.services import grant_concession, set_quality_hold
from recipes.judging import ValueImplausible, ValueNotUnderstood
from records.models import Entry
from records.reading import reading
from tests.builders.batches import RECORDER, STEPS, Trial, a_plant, batch_at, issued

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")
CLEAR, IDENTITY, UNIT, SEEDED, MEDIUM, CLEAR_AFTER = STEPS


def kinds(trial: Trial) -> list[str]:
    with reading(site=trial.site):
        rows = Entry.objects.filter(stream=trial.batch).order_by("seq")
        return list(rows.values_list("kind", flat=True))


def exceptions(trial: Trial) -> list[tuple[str, str]]:
    with reading(site=trial.site):
        rows = BatchException.objects.filter(stream=trial.batch)
        return list(rows.values_list("code", "severity"))


def refused(trial: Trial, kind: type[Refusal], path: str, **values: str) -> Refusal:
    """Try a step, expect its refusal, and that no step was recorded."""
    before = kinds(trial).count("step.performed")
    with pytest.raises(kind) as caught:
        trial.perform(path, by=RECORDER, key=None, **values)
    assert kinds(trial).count("step.performed") == before
    return caught.value


@pytest.mark.req("P11-10f")
@pytest.mark.scenario(37)
@pytest.mark.parametrize("path", [IDENTITY, MEDIUM, CLEAR_AFTER])
def test_a_step_out_of_order_is_refused_and_names_the_due_one(path: str) -> None:
    trial = batch_at(None)
    trial.sign_on()
    said = refused(trial, StepNotDue, path, **_any(path))
    assert said.params["due"] == CLEAR


def _any(path: str) -> dict[str, str]:
    return {
        IDENTITY: {},
        MEDIUM: {"quantity": "70"},
        CLEAR_AFTER: {"materials": "yes", "wiped": "yes"},
    }[path] or {"code1": "x"}


def test_nobody_works_without_signing_on() -> None:
    refused(batch_at(None), PerformerMissing, CLEAR)


@pytest.mark.scenario(4)
def test_a_step_done_by_somebody_else_says_by_whom() -> None:
    trial = batch_at(IDENTITY)
    assert refused(trial, StepAlreadyDone, CLEAR).params["by"] == "Kemi Adeyemi"


@pytest.mark.req("E4-9b", "CI-6")
@pytest.mark.scenario(21)
def test_another_patients_bag_is_refused_on_both_batches_and_is_critical() -> None:
    plant = a_plant()
    other = issued(plant, number=2, place=2)
    trial = issued(plant).up_to(IDENTITY)
    wrong = other.good(IDENTITY)
    said = refused(trial, WrongContainer, IDENTITY, **wrong)
    assert said.interlock == "absolute"
    assert exceptions(trial) == exceptions(other) == [("container.wrong_patient", "critical")]


@pytest.mark.req("CI-6")
def test_one_wrong_identifier_of_two_is_refused() -> None:
    plant = a_plant()
    other = issued(plant, number=2, place=2)
    trial = issued(plant).up_to(IDENTITY)
    mixed = {"code1": trial.good(IDENTITY)["code1"], "code2": other.good(IDENTITY)["code2"]}
    refused(trial, IdentifierMismatch, IDENTITY, **mixed)


def test_an_unknown_code_is_refused_and_only_the_third_is_an_exception() -> None:
    trial = batch_at(IDENTITY)
    for _ in range(2):
        refused(trial, ContainerUnknown, IDENTITY, code1="NO-SUCH-BAG", code2="NEITHER")
    assert exceptions(trial) == []
    refused(trial, ContainerUnknown, IDENTITY, code1="NO-SUCH-BAG", code2="NEITHER")
    assert exceptions(trial) == [("container.unknown", "minor")]


@pytest.mark.scenario(1)
def test_a_double_tap_on_a_refused_scan_counts_once() -> None:
    trial = batch_at(IDENTITY)
    key = uuid7()
    for _ in range(3):
        with pytest.raises(ContainerUnknown):
            trial.perform(IDENTITY, key=key, code1="NO-SUCH-BAG", code2="NEITHER")
    with reading(site=trial.site):
        assert RefusedAttempt.objects.filter(stream=trial.batch).count() == 1


@pytest.mark.req("S88-3")
def test_an_unclaimed_unit_is_refused() -> None:
    trial = batch_at(UNIT)
    refused(trial, NotClaimed, UNIT, unit="PR-05")
    refused(trial, UnitUnknown, UNIT, unit="PR-99")


@pytest.mark.req("F211-68")
@pytest.mark.scenario(27)
def test_a_unit_out_of_calibration_is_refused() -> None:
    trial = batch_at(UNIT)
    values = trial.good(UNIT)
    with reading(site=trial.site):
        due = Unit.objects.get(id=trial.unit).calibration_due
    assert due
    clock.simulate(due)
    refused(trial, UnitOutOfCalibration, UNIT, **values)


def test_a_stage_without_its_claim_does_not_begin() -> None:
    trial = issued(a_plant(), claimed=False)
    trial.sign_on()
    refused(trial, NothingClaimed, CLEAR)


def test_clearance_occupies_and_frees_place_and_unit() -> None:
    trial = batch_at(IDENTITY)

    def states() -> set[str]:
        with reading(site=trial.site):
            rows = Claim.objects.filter(holder=trial.batch)
            return set(rows.values_list("state", flat=True))

    assert states() == {"occupied"}
    for path in (IDENTITY, UNIT, SEEDED):
        trial.perform(path)
    trial.verify(SEEDED)
    trial.perform(MEDIUM)
    trial.perform(CLEAR_AFTER)
    assert states() == {"released"}


@pytest.mark.req("F211-84")
@pytest.mark.scenario(24)
def test_lots_that_may_not_be_used_are_refused() -> None:
    trial = batch_at(MEDIUM)
    crew = trial.plant.crew
    deliver(crew, "OLD-1", "TEXMACS", good_for=timedelta(minutes=5))
    deliver(crew, "QUARANTINED-1", "TEXMACS", release=False)
    clock.advance(timedelta(minutes=10))
    refused(trial, LotUnknown, MEDIUM, lot="NO-SUCH-LOT", quantity="70")
    said = refused(trial, LotExpired, MEDIUM, lot="OLD-1", quantity="70")
    assert "5260901001" in str(said.params["usable"])
    refused(trial, LotNotReleased, MEDIUM, lot="QUARANTINED-1", quantity="70")


def test_another_material_is_refused() -> None:
    trial = batch_at(MEDIUM)
    refused(trial, WrongMaterial, MEDIUM, lot=_other_material(trial), quantity="70")


def _other_material(trial: Trial) -> str:
    from materials.services import add_material

    crew = trial.plant.crew
    add_material(
        command=crew.setup("material"), code="SALINE", title="Saline", unit="mL", reason="test"
    )
    deliver(crew, "SALINE-1", "SALINE")
    return "SALINE-1"


def test_what_was_added_left_the_lot() -> None:
    trial = batch_at(CLEAR_AFTER)
    with reading(site=trial.site):
        lot = Lot.objects.get(code="5260901001")
    assert lot.quantity_received - lot.quantity_left == 70


@pytest.mark.req("D11-10")
def test_what_cannot_be_right_is_refused_at_entry_whatever_reason_is_given() -> None:
    """By the rule of its step: range, form and decimals, in the unit that stands beside it."""
    trial = batch_at(SEEDED)
    for typed in ("1000", "0", "-1"):
        said = refused(trial, ValueImplausible, SEEDED, value=typed, comment="I am quite sure")
        assert (said.field, said.params["low"], said.params["high"]) == (
            "value", "1000000", "10000000000",
        )  # fmt: skip
    for typed in ("1,05", "1.055", "much", ""):
        said = refused(trial, ValueNotUnderstood, SEEDED, value=typed, comment="I am quite sure")
        assert said.field == "value"
    assert exceptions(trial) == []
    assert trial.perform(SEEDED, value="1.05")["outcome"] == "cleared"


@pytest.mark.req("F211-100", "D11-10")
def test_a_value_outside_its_limit_asks_for_a_comment_and_is_an_exception() -> None:
    trial = batch_at(SEEDED)
    said = refused(trial, CommentMissing, SEEDED, value="1.14")
    assert said.field == "comment"
    reply = trial.perform(SEEDED, value="1.14", comment="Count repeated, confirmed")
    assert reply["outcome"] == "flagged"
    assert exceptions(trial) == [("outside.alert", "minor")]


@pytest.mark.req("F211-101", "A11-6")
@pytest.mark.scenario(29)
def test_the_performer_never_verifies_and_the_next_step_waits() -> None:
    trial = batch_at(SEEDED)
    trial.perform(SEEDED)
    with pytest.raises(VerifiedOwnWork):
        trial.verify(SEEDED, by="adeyemi")
    refused(trial, StepNotDue, MEDIUM)
    refused(trial, StepWaitsForVerifier, SEEDED)
    trial.verify(SEEDED, by="brandt")
    trial.perform(MEDIUM)


def test_a_planner_performs_nothing() -> None:
    trial = batch_at(IDENTITY)
    with pytest.raises(NotAllowed):
        trial.perform(IDENTITY, by="lindqvist")


def test_a_held_process_waits_until_it_is_restarted() -> None:
    trial = batch_at(IDENTITY)
    hold_process(command=trial.command("okafor"), batch=trial.batch, reason="Power failed.")
    refused(trial, BatchHeld, IDENTITY)
    restart_process(command=trial.command("okafor"), batch=trial.batch, reason="Power is back.")
    trial.perform(IDENTITY)


def test_a_quality_hold_lets_care_go_on() -> None:
    trial = batch_at(IDENTITY)
    set_quality_hold(command=trial.command("brenner"), batch=trial.batch, reason="Lot recalled.")
    assert trial.row().quality_hold
    trial.perform(IDENTITY)
    assert HeldByQuality.code == "batch.quality_hold"


def test_a_concession_lets_one_step_pass_and_the_reviewer_sees_it() -> None:
    trial = batch_at(MEDIUM)
    crew = trial.plant.crew
    deliver(crew, "OLD-1", "TEXMACS", good_for=timedelta(minutes=5))
    clock.advance(timedelta(minutes=10))
    said = refused(trial, LotExpired, MEDIUM, lot="OLD-1", quantity="70")
    asked = ask_concession(
        command=trial.command(), batch=trial.batch, step=MEDIUM, code=said.code,
        params=dict(said.params), reason="No other lot in reach.",
    )  # fmt: skip
    from uuid import UUID

    grant_concession(
        command=trial.command("vogt"), batch=trial.batch,
        concession=UUID(str(asked["concession"])), until=clock.now() + timedelta(hours=1),
        reason="Stability data at hand.", risk="None for the cells.", proof=crew.proof("vogt"),
    )  # fmt: skip
    trial.perform(MEDIUM, lot="OLD-1", quantity="70")
    assert ("concession.used", "major") in exceptions(trial)


def test_a_command_sent_twice_performs_once() -> None:
    trial = batch_at(IDENTITY)
    values = trial.good(IDENTITY)
    command = trial.command(step=IDENTITY)
    replies = [
        perform_step(command=command, batch=trial.batch, step=IDENTITY, values=values)
        for _ in range(3)
    ]
    assert replies[0] == replies[1] == replies[2]
    assert kinds(trial).count("step.performed") == 2


@pytest.mark.req("P11-10i", "F211-25")
@pytest.mark.scenario(28)
def test_a_qualification_that_lapsed_meanwhile_stops_the_next_step() -> None:
    trial = batch_at(IDENTITY)
    values = trial.good(IDENTITY)
    clock.advance(timedelta(days=366))
    said = refused(trial, NotQualified, IDENTITY, **values)
    assert str(said.params["subject"]).split("; ") == [
        "PRODIGY-TCT", "procedure:SIX-STEPS v1", "equipment-class:prodigy", "gowning:grade-C",
    ]  # fmt: skip
