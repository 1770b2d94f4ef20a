"""From the request to the claims: a proposal, decided all or nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.exceptions import NotAllowed
from equipment.enums import ClaimState, UnitStatus
from equipment.exceptions import PlaceTaken
from equipment.models import Claim, Room, Unit
from equipment.services import claims as claiming
from equipment.services.bookings import claim_resource
from equipment.services.rooms import set_room_hours
from equipment.services.units import set_capabilities, set_unit_status
from equipment.weekdays import WEEK
from mes.lib import clock
from mes.lib.refusals import NotFound, Refusal
from orders.services import cancel_order
from planning import jobs
from planning.enums import PlanState
from planning.exceptions import PlanNotOpen, PlanOutdated
from planning.selectors import waiting
from planning.services import accept_plan, deciding, reject_plan, request_plan
from planning.solver import solve
from planning.workflow import TRANSITIONS
from records.act import act
from records.outbox import drain
from records.reading import reading
from records.verification import verify
from tests.boundaries import every_boundary
from tests.builders.batches import Trial, a_plant, issued
from tests.builders.equipment import booking, holder
from tests.builders.planning import accepted, as_planner, plan_row, proposed, requested
from tests.planning.checker import faults


@pytest.fixture
def trial(committed_db: str) -> Iterator[Trial]:
    yield issued(a_plant(), claimed=False)
    clock.simulate(None)


def claims_of(trial: Trial) -> list[Claim]:
    with reading(site=trial.site):
        return list(Claim.objects.of(trial.batch).order_by("resource_kind", "during"))


def test_request_waits_until_the_worker_has_computed(trial: Trial) -> None:
    plan = requested(trial)
    assert plan_row(trial, plan).state == PlanState.REQUESTED
    drain()
    row = plan_row(trial, plan)
    assert (row.state, row.base, row.number) == (PlanState.PROPOSED, 0, 1)
    assert [(b["label"], b["alias"]) for b in row.bookings] == [
        ("Hall 2, P1", ""),
        ("PR-01", "prodigy"),
    ]
    assert claims_of(trial) == []


def test_proposal_keeps_every_rule(trial: Trial) -> None:
    with reading(site=trial.site):
        job = jobs.job_of(trial.row(), at=clock.now())
        there = jobs.floor_for(job)
    assert faults(job, there, solve(job, there)) == []


def test_acceptance_makes_the_claims(trial: Trial) -> None:
    plan = accepted(trial)
    row = plan_row(trial, plan)
    assert (row.state, row.decided_by_name) == (PlanState.ACCEPTED, "Sara Lindqvist")
    made = claims_of(trial)
    assert [(c.resource_label, c.state, c.plan) for c in made] == [
        ("Hall 2, P1", ClaimState.PLANNED, plan),
        ("PR-01", ClaimState.PLANNED, plan),
    ]
    assert {c.holder_label for c in made} == {trial.row().number}


@pytest.mark.req("P11-10g")
def test_operator_may_neither_ask_nor_accept(trial: Trial) -> None:
    with pytest.raises(NotAllowed):
        request_plan(command=as_planner(trial, who="adeyemi"), batch=trial.batch)
    plan = proposed(trial)
    with pytest.raises(NotAllowed):
        accept_plan(command=as_planner(trial, who="adeyemi"), plan=plan)
    assert claims_of(trial) == []


def test_unknown_plan_is_not_found(trial: Trial) -> None:
    with pytest.raises(NotFound):
        accept_plan(command=as_planner(trial), plan=trial.batch)


def test_rejected_plan_books_nothing(trial: Trial) -> None:
    plan = proposed(trial)
    reject_plan(command=as_planner(trial), plan=plan, reason="patient not ready")
    assert plan_row(trial, plan).state == PlanState.REJECTED
    with pytest.raises(PlanNotOpen):
        accept_plan(command=as_planner(trial), plan=plan)
    assert claims_of(trial) == []


def test_new_request_supersedes_the_open_plan(trial: Trial) -> None:
    first, second = proposed(trial), proposed(trial)
    assert plan_row(trial, first).state == PlanState.SUPERSEDED
    assert plan_row(trial, second).state == PlanState.PROPOSED
    with pytest.raises(PlanNotOpen):
        accept_plan(command=as_planner(trial), plan=first)


def test_replayed_acceptance_makes_no_second_claim(trial: Trial) -> None:
    once, plan = as_planner(trial), proposed(trial)
    first = accept_plan(command=once, plan=plan)
    assert accept_plan(command=once, plan=plan) == first
    assert len(claims_of(trial)) == 2


def test_acceptance_is_all_or_nothing(trial: Trial) -> None:
    plan, once = proposed(trial), as_planner(trial)

    def check(done: bool) -> None:
        assert len(claims_of(trial)) == (2 if done else 0)
        state = PlanState.ACCEPTED if done else PlanState.PROPOSED
        assert plan_row(trial, plan).state == state

    assert every_boundary(lambda: accept_plan(command=once, plan=plan), check) > 10


# The board moves


def test_proposal_of_an_older_board_is_refused_and_computed_anew(trial: Trial) -> None:
    other = issued(trial.plant, number=2, claimed=False)
    mine, theirs = proposed(trial), proposed(other)
    accept_plan(command=as_planner(trial), plan=mine)
    with pytest.raises(PlanOutdated):
        accept_plan(command=as_planner(other), plan=theirs)
    assert claims_of(other) == []
    drain()
    row = plan_row(other, theirs)
    assert (row.state, row.base) == (PlanState.PROPOSED, 1)
    assert [b["label"] for b in row.bookings] == ["Hall 2, P2", "PR-02"]
    accept_plan(command=as_planner(other), plan=theirs)
    assert len(claims_of(other)) == 2


def test_place_that_was_taken_meanwhile_refuses_the_whole_plan(trial: Trial) -> None:
    plan = proposed(trial)
    unit = UUID(plan_row(trial, plan).bookings[1]["resource"])
    taken = booking(unit, kind="unit", start=clock.now())  # type: ignore[arg-type]
    claim_resource(command=as_planner(trial), booking=taken)
    with pytest.raises(PlaceTaken) as refused:
        accept_plan(command=as_planner(trial), plan=plan)
    assert str(refused.value) == (
        "PR-01 is taken by batch MZ1-26-0412 in these hours. Nothing was booked."
    )
    assert claims_of(trial) == []
    assert plan_row(trial, plan).state == PlanState.PROPOSED


def test_two_planners_accept_at_once_and_one_wins(trial: Trial) -> None:
    other = issued(trial.plant, number=2, claimed=False)
    both = [(trial, proposed(trial)), (other, proposed(other))]
    outcomes: Counter[str] = Counter()
    gate = threading.Barrier(2)

    def accept(of: Trial, plan: UUID) -> None:
        command = as_planner(of)
        gate.wait()
        try:
            accept_plan(command=command, plan=plan)
            outcomes["done"] += 1
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=pair) for pair in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes == {"done": 1, "plan.outdated": 1}
    assert len(claims_of(trial)) + len(claims_of(other)) == 2


def test_same_request_at_once_leaves_one_open_plan(trial: Trial) -> None:
    outcomes: Counter[str] = Counter()
    gate = threading.Barrier(4)

    def ask() -> None:
        command = as_planner(trial)
        gate.wait()
        try:
            request_plan(command=command, batch=trial.batch)
            outcomes["done"] += 1
        except Refusal as refusal:
            outcomes[refusal.code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(outcomes) <= {"done", "plan.already_asked"}
    assert outcomes["done"] >= 1
    drain()


# Planning again


def test_plan_again_replaces_what_has_not_begun(trial: Trial) -> None:
    accepted(trial)
    before = claims_of(trial)
    out_of_service(trial, "PR-01")
    plan = proposed(trial)
    assert set(plan_row(trial, plan).replaces) == {str(claim.id) for claim in before}
    accept_plan(command=as_planner(trial), plan=plan)
    now = {(c.resource_label, c.state) for c in claims_of(trial)}
    assert now == {
        ("Hall 2, P1", ClaimState.WITHDRAWN),
        ("PR-01", ClaimState.WITHDRAWN),
        ("Hall 2, P2", ClaimState.PLANNED),
        ("PR-02", ClaimState.PLANNED),
    }


def out_of_service(trial: Trial, code: str) -> None:
    with reading(site=trial.site):
        unit = Unit.objects.get(code=code)
    set_unit_status(
        command=trial.plant.crew.command("nagy", "equipment.status"), unit=unit.id,
        status=UnitStatus.OUT_OF_SERVICE, reason="fault E-231",
    )  # fmt: skip


def test_unit_that_fails_meanwhile_outdates_the_proposal(trial: Trial) -> None:
    plan = proposed(trial)
    out_of_service(trial, "PR-01")
    with pytest.raises(PlanOutdated):
        accept_plan(command=as_planner(trial), plan=plan)
    drain()
    assert [b["label"] for b in plan_row(trial, plan).bookings] == ["Hall 2, P2", "PR-02"]


def set_can(trial: Trial, code: str, capabilities: list[str]) -> None:
    with reading(site=trial.site):
        unit = Unit.objects.get(code=code)
    set_capabilities(
        command=trial.plant.crew.command("nagy", "equipment.can"), unit=unit.id,
        capabilities=capabilities, reason="requalified",
    )  # fmt: skip


@pytest.fixture
def asks_for_tct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No recipe of the library asks for a capability: let this one ask."""
    asked = {"prodigy": ("tct",)}
    for module in (jobs, deciding):
        monkeypatch.setattr(module, "asked_of", lambda _recipe: asked)


@pytest.mark.usefixtures("asks_for_tct")
def test_a_unit_that_can_no_longer_do_it_outdates_the_proposal(trial: Trial) -> None:
    plan = proposed(trial)
    assert [b["label"] for b in plan_row(trial, plan).bookings] == ["Hall 2, P1", "PR-01"]
    set_can(trial, "PR-01", ["wash"])
    with pytest.raises(PlanOutdated):
        accept_plan(command=as_planner(trial), plan=plan)
    drain()
    assert [b["label"] for b in plan_row(trial, plan).bookings] == ["Hall 2, P2", "PR-02"]
    assert accept_plan(command=as_planner(trial), plan=plan)["claims"]


def set_hours(trial: Trial, code: str, opens: time | None, closes: time | None, *days: int) -> None:
    with reading(site=trial.site):
        room = Room.objects.get(code=code)
    set_room_hours(
        command=trial.plant.crew.command("nagy", "equipment.hours"), room=room.id,
        opens=opens, closes=closes, days=days or None, reason="night",
    )  # fmt: skip


def test_a_room_that_has_other_hours_outdates_the_proposal(trial: Trial) -> None:
    """Begun the hour before, it would be worked in a room that is shut until the evening."""
    plan = proposed(trial)
    [first] = {b["stages"][0]["start"] for b in plan_row(trial, plan).bookings}
    begins = datetime.fromisoformat(first).astimezone(ZoneInfo("Europe/Berlin"))
    set_hours(trial, "H2", time((begins.hour + 1) % 24), time(begins.hour))
    with pytest.raises(PlanOutdated):
        accept_plan(command=as_planner(trial), plan=plan)
    assert claims_of(trial) == []
    drain()
    row = plan_row(trial, plan)
    assert (row.state, row.bookings[0]["label"]) == (PlanState.PROPOSED, "Hall 3, P1")
    assert accept_plan(command=as_planner(trial), plan=plan)["claims"]


def test_a_room_that_is_shut_on_the_day_of_the_work_is_not_proposed(trial: Trial) -> None:
    """Open all day on all days but one: the day on which the first proposal begins."""
    plan = proposed(trial)
    [first] = {b["stages"][0]["start"] for b in plan_row(trial, plan).bookings}
    day = datetime.fromisoformat(first).astimezone(ZoneInfo("Europe/Berlin")).isoweekday()
    set_hours(trial, "H2", None, None, *(one for one in WEEK if one != day))
    with pytest.raises(PlanOutdated):
        accept_plan(command=as_planner(trial), plan=plan)
    drain()
    row = plan_row(trial, plan)
    assert (row.state, row.bookings[0]["label"]) == (PlanState.PROPOSED, "Hall 3, P1")
    assert accept_plan(command=as_planner(trial), plan=plan)["claims"]


def test_hours_that_leave_room_for_the_plan_do_not_outdate_it(trial: Trial) -> None:
    plan = proposed(trial)
    set_hours(trial, "H3", time(4), time(5))
    assert accept_plan(command=as_planner(trial), plan=plan)["claims"]


@pytest.mark.parametrize(("closes", "holds"), [("work_end", False), ("end", True)])
def test_a_room_has_to_be_open_until_it_is_clean(trial: Trial, closes: str, holds: bool) -> None:
    plan = proposed(trial)
    [place] = [one for one in plan_row(trial, plan).bookings if one["kind"] == "place"]
    hours = (datetime.fromisoformat(place[one]) for one in ("start", closes))
    opens, shuts = (one.astimezone(ZoneInfo("Europe/Berlin")).time() for one in hours)
    set_hours(trial, "H2", opens, shuts)
    if holds:
        assert accept_plan(command=as_planner(trial), plan=plan)["claims"]
    else:
        with pytest.raises(PlanOutdated):
            accept_plan(command=as_planner(trial), plan=plan)


def test_overrun_of_a_unit_outdates_the_proposals_on_it(trial: Trial) -> None:
    plan = proposed(trial)
    with reading(site=trial.site):
        unit = Unit.objects.get(code="PR-01").id
    now = clock.now()
    for start in (now, now + timedelta(hours=1)):
        other = booking(unit, kind="unit", start=start, hours=1, by=holder())  # type: ignore[arg-type]
        reply = claim_resource(command=as_planner(trial), booking=other)
        if start == now:
            with act(as_planner(trial), streams=[unit]) as a:
                claiming.occupy(a, [UUID(str(claim)) for claim in reply["claims"]])  # type: ignore[union-attr]
    clock.advance(timedelta(minutes=90))
    drain()
    with reading(site=trial.site):
        assert Claim.objects.filter(stream=unit, state=ClaimState.IN_CONFLICT).count() == 1
    assert [b["label"] for b in plan_row(trial, plan).bookings] == ["Hall 2, P2", "PR-02"]


def test_batch_whose_unit_failed_waits_for_a_plan_again(trial: Trial) -> None:
    accepted(trial)
    with reading(site=trial.site):
        assert waiting() == []
    out_of_service(trial, "PR-01")
    with reading(site=trial.site):
        assert [(one.batch.id, one.unit) for one in waiting()] == [(trial.batch, "PR-01")]


def test_cancelled_order_gives_its_bookings_and_plans_back(trial: Trial) -> None:
    accepted(trial)
    plan = proposed(trial)
    order = trial.patient.order
    assert order is not None
    cancel_order(
        command=trial.plant.crew.command("haddad", "orders.cancel"), order=order, reason="withdrew"
    )
    drain()
    assert [claim.state for claim in claims_of(trial)] == [ClaimState.WITHDRAWN] * 2
    assert plan_row(trial, plan).state == PlanState.REJECTED


def test_complete_batch_keeps_no_booking(trial: Trial) -> None:
    accepted(trial)
    with act(as_planner(trial), streams=[trial.batch]) as a:
        a.enqueue("batch.completed", {"batch": str(trial.batch)})
    drain()
    assert [claim.state for claim in claims_of(trial)] == [ClaimState.WITHDRAWN] * 2


def test_plan_is_outdated_when_its_claims_have_begun(trial: Trial) -> None:
    accepted(trial)
    plan = proposed(trial)
    held = claims_of(trial)
    with act(as_planner(trial), streams=[claim.stream for claim in held]) as a:
        claiming.occupy(a, [claim.id for claim in held])
    with pytest.raises(Refusal) as refused:
        accept_plan(command=as_planner(trial), plan=plan)
    assert refused.value.code == "claim.ended"
    assert [claim.state for claim in claims_of(trial)] == [ClaimState.OCCUPIED] * 2


def test_failure_names_what_is_missing(trial: Trial) -> None:
    with reading(site=trial.site):
        units = list(Unit.objects.filter(unit_class="prodigy").values_list("id", flat=True))
    for unit in units:
        set_unit_status(
            command=trial.plant.crew.command("nagy", "equipment.status"), unit=unit,
            status=UnitStatus.OUT_OF_SERVICE, reason="recall",
        )  # fmt: skip
    row = plan_row(trial, proposed(trial))
    assert (row.state, row.problem, row.problem_params) == (
        PlanState.FAILED,
        "plan.no_unit",
        {"stage": "seeding", "wanted": "prodigy"},
    )


def test_occupied_place_is_not_free_however_late_it_is(trial: Trial) -> None:
    with reading(site=trial.site):
        unit = Unit.objects.get(code="PR-01")
    other = booking(unit.id, kind="unit", start=clock.now(), hours=1, by=holder())  # type: ignore[arg-type]
    reply = claim_resource(command=as_planner(trial), booking=other)
    with act(as_planner(trial), streams=[unit.id]) as a:
        claiming.occupy(a, [UUID(str(claim)) for claim in reply["claims"]])  # type: ignore[union-attr]
    clock.advance(timedelta(hours=5))
    row = plan_row(trial, proposed(trial))
    assert [b["label"] for b in row.bookings] == ["Hall 2, P2", "PR-02"]


def test_rows_are_what_the_entries_say(trial: Trial) -> None:
    accepted(trial)
    reject_plan(command=as_planner(trial), plan=proposed(trial), reason="too late")
    requested(trial)
    report = verify(everything=True)
    assert [str(difference) for difference in report.differences] == []


def test_every_state_has_its_transitions() -> None:
    assert set(TRANSITIONS) == set(PlanState)
