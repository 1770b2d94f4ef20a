"""The engine goes as the recipe says: branches, loops, parallel work, contingencies, times."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from accounts.qualification_exceptions import NotQualified
from accounts.services.people import grant_role
from batches import services
from batches.enums import OperationState, StageState, StepState
from batches.exceptions import (
    CommentMissing,
    ContingencyNotOffered,
    ContingencyRuns,
    InterlockAbsolute,
    StepNotDue,
    StepSkipped,
)
from batches.models import BatchException, Operation, Stage, Step
from batches.selectors import due_steps
from equipment.enums import ResourceKind
from mes.lib import clock
from plant import laboratory
from plant.arrival import Patient, enter_order, receive
from plant.crew import qualify
from plant.library import make_effective_from
from plant.plant import Plant
from quality.enums import Judgement
from quality.exceptions import OwnException
from quality.services import judge_exception
from recipes import compiler, reader
from recipes.judging import GateClosed, TooEarly
from records import outbox
from records.models import Entry
from records.reading import reading
from tests.builders.batches import PERFORMER, RECORDER, Trial, a_plant, claim
from tests.recipes.documents import DURATION, LABEL, number_step
from tests.recipes.model import Ref

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")

CHECK = [{"key": "clear", "text": LABEL}]
BEFORE: list[dict[str, Any]] = [
    {"key": "before", "kind": "clear", "when": "before", "text": LABEL, "checks": CHECK},
    {"key": "bag", "kind": "scan", "what": "patient-container", "identifiers": "2", "text": LABEL},
]
AFTER = {"key": "after", "kind": "clear", "when": "after", "text": LABEL, "checks": CHECK}


def operation(key: str, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"key": key, "title": LABEL, "openness": "closed", **more, "steps": steps}


def stage(key: str, operations: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    staff = [{"role": "operator"}]
    return {"key": key, "title": LABEL, "duration": DURATION, "staff": staff, **more,
            "operations": operations}  # fmt: skip


def document() -> dict[str, Any]:
    """Two branches beside each other, one of them a loop; a way not taken; a contingency."""
    grow = operation(
        "grow", [number_step("a"), number_step("b")], after=["do"],
        repeat={"until": "a >= 5", "max": "3"}, contingencies=["leak"],
    )  # fmt: skip
    group = operation(
        "feed", [number_step("a"), number_step("b"), {**number_step("c"), "when": "b > 4"}],
        after=["do"], repeat={"until": "b >= 5", "max": "2", "first": "a", "last": "b"},
    )  # fmt: skip
    way = operation("way", [number_step("a")], when="one.do.s0 > 8")
    one = [operation("do", [*deepcopy(BEFORE), number_step("s0")]), grow, group, way]
    leak = operation("leak", [number_step("l")], chance="0", takes=DURATION)
    stages = [
        stage("one", one, room={"class": "grade-C", "hold_until": "last"}),
        stage("rare", [operation("x", [number_step("a")])], when="one.do.s0 > 7"),
        stage("last", [operation("end", [number_step("z"), AFTER])]),
    ]
    return {"recipe": "ANY", "title": LABEL, "modality": "autologous", "contingencies": [leak],
            "stages": stages}  # fmt: skip


def issued_any(plant: Plant, plain: dict[str, Any], *, number: int = 1) -> Trial:
    """Issue a batch of a recipe written for one test, its place claimed."""
    text, code = json.dumps(plain), str(plain["recipe"])
    assert compiler.errors(compiler.check_text(text)[1]) == ()
    if number == 1 or code not in plant.versions:
        plant.versions[code] = make_effective_from(
            plant.crew, text.encode(), reason="A recipe of the tests."
        )
        # Trained on all that the recipe asks for but what nobody has.
        known = text.replace('"qualification": "RARE"', '"qualification": "KNOWN"')
        qualify(plant.crew, (PERFORMER, RECORDER), [reader.read(known)])
    patient = Patient(plant=plant, number=number, recipe=code, luck=Random(number))
    enter_order(patient)
    receive(patient)
    assert patient.order
    reply = services.issue_batch(
        command=plant.crew.command("lindqvist", "batches.issue"), order=patient.order,
        recipe_version=plant.versions[code],
    )  # fmt: skip
    patient.batch = UUID(str(reply["batch"]))
    with reading(site=plant.site):
        from equipment.models import Place

        where = Place.objects.get(barcode=f"H2-P{(number - 1) % 6 + 1}").id
    trial = Trial(plant, patient, patient.batch, where, where)
    claim(trial, where, ResourceKind.PLACE, purpose="one")
    return trial


def rows(trial: Trial) -> list[Step]:
    with reading(site=trial.site):
        return list(Step.objects.filter(stream=trial.batch))


def due(trial: Trial) -> dict[Ref, Step]:
    with reading(site=trial.site):
        return {(row.path, row.iteration): row for row in due_steps(trial.batch)}


def sign_on(trial: Trial, operation: str) -> None:
    with reading(site=trial.site):
        row = Operation.objects.get(stream=trial.batch, path=operation)
    if row.performer is None:
        services.sign_on(
            command=trial.command(), batch=trial.batch, operation=operation,
            proof=trial.plant.crew.proof(PERFORMER),
        )  # fmt: skip


def do(trial: Trial, row: Step, value: int = 0, **more: str) -> None:
    """Perform a due step: a number where one is asked for, else what good hands do."""
    sign_on(trial, row.operation)
    values = {"value": str(value)} if row.kind == "enter" else trial.good(row.ref)
    given = {**values, **more}
    command = trial.command(RECORDER, step=row.ref, values=given)
    services.perform_step(command=command, batch=trial.batch, step=row.ref, values=given)


def call(trial: Trial, ref: str, contingency: str = "leak", reason: str = "It leaks.") -> None:
    services.call_contingency(
        command=trial.command(), batch=trial.batch, contingency=contingency, step=ref,
        reason=reason,
    )  # fmt: skip


def attest_all(trial: Trial) -> None:
    with reading(site=trial.site):
        waiting = list(
            Operation.objects.filter(stream=trial.batch, state=OperationState.TO_BE_ATTESTED)
        )
    for row in waiting:
        services.attest_operation(
            command=trial.command(PERFORMER), batch=trial.batch, operation=row.path,
            proof=trial.plant.crew.proof(PERFORMER),
        )  # fmt: skip


def to_the_end(trial: Trial, values: Iterator[int]) -> None:
    while found := due(trial):
        do(trial, next(iter(found.values())), next(values))


def trial_recipe(trial: Trial) -> Any:
    from batches.selectors import recipe_of

    with reading(site=trial.site):
        return recipe_of(trial.row())


def send(trial: Trial, ref: str) -> None:
    values = {"value": "1"}
    command = trial.command(RECORDER, step=ref, values=values)
    services.perform_step(command=command, batch=trial.batch, step=ref, values=values)


def test_what_is_skipped_says_why_and_a_loop_that_does_not_end_is_an_exception() -> None:
    trial = issued_any(a_plant(), document())
    to_the_end(trial, iter([0, 0, 2, *[1] * 30]))
    states = {row.ref: row.state for row in rows(trial)}
    # s0 is 2: neither the way nor the rare stage; a is never 5, b never.
    assert [ref for ref in states if ref.startswith("one/grow/a")] == [
        "one/grow/a", "one/grow/a#2", "one/grow/a#3",
    ]  # fmt: skip
    assert states["one/feed/c"] == StepState.SKIPPED
    with reading(site=trial.site):
        skipped = [
            (e.envelope["payload"]["part"], e.envelope["payload"]["values"])
            for e in Entry.objects.filter(stream=trial.batch, kind="branch.skipped").order_by("seq")
        ]
        unfinished = BatchException.objects.filter(stream=trial.batch, code="loop.unfinished")
        said = {row.step: row.params["values"] for row in unfinished}
        rare = Stage.objects.get(stream=trial.batch, key="rare")
        way = Operation.objects.get(stream=trial.batch, path="one/way")
        third = Operation.objects.get(stream=trial.batch, path="one/grow#3")
    assert sorted(skipped) == [
        ("one/feed/c", {"b": "1"}),
        ("one/way", {"one.do.s0": "2"}),
        ("rare", {"one.do.s0": "2"}),
    ]
    assert said == {"one/grow/b#3": "a 1", "one/feed/b#2": "b 1"}
    with pytest.raises(OwnException):
        judged_by(trial, PERFORMER, "one/grow/b#3")
    assert (rare.state, way.state, third.state) == (
        StageState.SKIPPED, OperationState.SKIPPED, OperationState.TO_BE_ATTESTED,
    )  # fmt: skip
    with pytest.raises(StepSkipped):
        send(trial, "one/feed/c")


def judged_by(trial: Trial, who: str, step: str) -> None:
    """Let one of the crew judge the exception of a step, as a reviewer."""
    person = trial.plant.crew.people[who][0]
    grant = trial.plant.crew.command("dietz", "role.grant")
    grant_role(
        command=grant, person=person, role="qa-reviewer",
        approver=trial.plant.crew.people["brenner"][0], paper="form 3",
    )  # fmt: skip
    with reading(site=trial.site):
        raised = BatchException.objects.get(stream=trial.batch, step=step)
    judge_exception(
        command=trial.command(who), batch=trial.batch, exception=raised.id,
        judgement=Judgement.ACCEPTED, comment="It went well.",
    )  # fmt: skip


def test_a_contingency_comes_in_between_and_the_work_goes_on_where_it_was() -> None:
    trial = issued_any(a_plant(), document())
    for row in ("one/do/before", "one/do/bag", "one/do/s0"):
        do(trial, due(trial)[(row, 1)], 2)
    with pytest.raises(ContingencyNotOffered):
        call(trial, "one/feed/a")
    with pytest.raises(CommentMissing):
        call(trial, "one/grow/a", reason=" ")
    call(trial, "one/grow/a")
    # The operation waits; the branch beside it does not.
    assert set(due(trial)) == {("one/leak/l", 1), ("one/feed/a", 1)}
    with pytest.raises(StepNotDue):
        send(trial, "one/grow/a")
    with pytest.raises(ContingencyRuns):
        call(trial, "one/grow/a")
    do(trial, due(trial)[("one/leak/l", 1)])
    assert set(due(trial)) == {("one/grow/a", 1), ("one/feed/a", 1)}
    call(trial, "one/grow/a")
    assert ("one/leak/l", 2) in due(trial)
    with reading(site=trial.site):
        raised = BatchException.objects.filter(stream=trial.batch, code="contingency.called")
        assert [(row.step, row.comment) for row in raised] == [("one/grow/a", "It leaks.")] * 2
        calls = Operation.objects.filter(stream=trial.batch, called_from="one/grow")
        assert [row.path for row in calls] == ["one/leak", "one/leak#2"]


def test_a_batch_stands_at_the_first_step_that_is_not_over() -> None:
    trial = issued_any(a_plant(), document())
    for position, row in enumerate(("one/do/before", "one/do/bag", "one/do/s0"), 1):
        assert trial.row().position == position
        do(trial, due(trial)[(row, 1)], 2)
    behind, ahead = due(trial)[("one/grow/a", 1)], due(trial)[("one/feed/a", 1)]
    assert (behind.position, ahead.position, trial.row().position) == (4, 6, 4)
    do(trial, ahead)
    assert ("one/feed/b", 1) in due(trial)
    assert trial.row().position == 4
    do(trial, behind)
    assert trial.row().position == 5


def test_a_batch_stands_at_the_contingency_that_overtook_a_step_to_be_verified() -> None:
    plain = document()
    steps = [{**number_step("a"), "verify": True}, number_step("b")]
    grow = operation("grow", steps, after=["do"], contingencies=["leak"])
    plain["stages"][0]["operations"][1:] = [grow]
    plain["stages"] = [plain["stages"][0], plain["stages"][2]]
    trial = issued_any(a_plant(), plain)
    for ref in ("one/do/before", "one/do/bag", "one/do/s0", "one/grow/a"):
        do(trial, due(trial)[(ref, 1)])
    call(trial, "one/grow/a")
    services.verify_step(
        command=trial.command(RECORDER), batch=trial.batch, step="one/grow/a",
        proof=trial.plant.crew.proof(RECORDER),
    )  # fmt: skip
    assert set(due(trial)) == {("one/leak/l", 1)}
    assert trial.row().position == 4
    do(trial, due(trial)[("one/leak/l", 1)])
    assert (set(due(trial)), trial.row().position) == ({("one/grow/b", 1)}, 5)


# --- limits of time -----------------------------------------------------------------------------


def timed() -> dict[str, Any]:
    """Thaw, then use within an hour of the container's clock, not before ten minutes."""
    plain = document()
    thaw = {"key": "thaw", "kind": "confirm", "text": LABEL, "starts": "thawed"}
    limits = [{"from": "clock.thawed", "min": "10 min", "warn": "50 min", "max": "1 h"}]
    use = {"key": "use", "kind": "confirm", "text": LABEL, "within": limits,
           "absolute": ["timer.too_early"]}  # fmt: skip
    one = [operation("do", [*deepcopy(BEFORE), thaw, use])]
    room = {"class": "grade-C", "hold_until": "last"}
    plain["stages"] = [stage("one", one, room=room), plain["stages"][2]]
    del plain["contingencies"]
    return plain


@pytest.mark.req("F211-111")
def test_a_limit_of_time_is_met_at_the_limit_and_missed_a_second_later() -> None:
    plant, second = a_plant(), timedelta(seconds=1)
    for number, (after, outcome) in enumerate(
        [(timedelta(hours=1) - second, []), (timedelta(hours=1), []),
         (timedelta(hours=1) + second, ["within.missed"])], 1,
    ):  # fmt: skip
        trial = issued_any(plant, timed(), number=number)
        for ref in ("one/do/before", "one/do/bag", "one/do/thaw"):
            do(trial, due(trial)[(ref, 1)])
        thawed, use = clock.now(), due(trial)[("one/do/use", 1)]
        clock.simulate(thawed + timedelta(minutes=10) - second)
        with pytest.raises(TooEarly):
            do(trial, use)
        clock.simulate(thawed + after)
        if outcome:
            # What was late is recorded with its reason, whatever the kind of step.
            with pytest.raises(CommentMissing):
                do(trial, use)
            do(trial, use, comment="The welder was down.")
        else:
            do(trial, use)
        with reading(site=trial.site):
            raised = BatchException.objects.filter(stream=trial.batch, step="one/do/use")
            found = {row.code: row.comment for row in raised}
        assert found == dict.fromkeys(outcome, "The welder was down.")


def test_what_the_recipe_makes_absolute_nobody_concedes() -> None:
    trial = issued_any(a_plant(), timed())
    for ref in ("one/do/before", "one/do/bag", "one/do/thaw"):
        do(trial, due(trial)[(ref, 1)])
    with pytest.raises(InterlockAbsolute):
        services.ask_concession(
            command=trial.command(), batch=trial.batch, step="one/do/use",
            code="timer.too_early", params={}, reason="Hurry",
        )  # fmt: skip


@pytest.mark.parametrize("asked", [{"role": "qc-analyst"}, {"qualification": "RARE"}])
def test_a_step_asks_for_role_and_qualification_of_its_performer(asked: dict[str, str]) -> None:
    plain = document()
    plain["stages"][0]["operations"][0]["steps"][0] |= asked
    trial = issued_any(a_plant(), plain)
    with pytest.raises(NotQualified) as refusal:
        do(trial, due(trial)[("one/do/before", 1)])
    assert next(iter(asked.values())) in str(refusal.value.params["subject"])


@pytest.mark.req("P11-10f")
def test_one_operation_has_its_own_people_instead_of_its_stages() -> None:
    plain = document()
    people = [{"role": "operator", "qualification": "RARE"}]
    plain["stages"][0]["operations"][2]["staff"] = people
    trial = issued_any(a_plant(), plain)
    for ref in ("one/do/before", "one/do/bag", "one/do/s0", "one/grow/a"):
        do(trial, due(trial)[(ref, 1)], 2)
    with pytest.raises(NotQualified):
        do(trial, due(trial)[("one/feed/a", 1)])


@pytest.mark.req("F211-111")
def test_a_stage_begins_within_the_lag_behind_the_stage_before() -> None:
    plain = timed()
    plain["stages"][1]["lag"] = {"min": "30 min", "max": "1 h"}
    trial = issued_any(a_plant(), plain)
    for ref in ("one/do/before", "one/do/bag", "one/do/thaw"):
        do(trial, due(trial)[(ref, 1)])
    clock.simulate(clock.now() + timedelta(minutes=10))
    do(trial, due(trial)[("one/do/use", 1)])
    ended = clock.now()
    clock.simulate(ended + timedelta(minutes=29))
    with pytest.raises(TooEarly):
        do(trial, due(trial)[("last/end/z", 1)])
    clock.simulate(ended + timedelta(minutes=61))
    with pytest.raises(CommentMissing):
        do(trial, due(trial)[("last/end/z", 1)])
    do(trial, due(trial)[("last/end/z", 1)], comment="Nobody was there.")
    # Only the start of the stage is held to it.
    do(trial, due(trial)[("last/end/after", 1)])
    with reading(site=trial.site):
        raised = BatchException.objects.filter(stream=trial.batch)
        assert [(row.code, row.step, row.params["since"]) for row in raised] == [
            ("within.missed", "last/end/z", "one.ended_at")
        ]


@pytest.mark.req("P11-10f")
def test_a_gate_in_a_loop_waits_for_the_result_of_its_own_round() -> None:
    plain = document()
    drawn = {"key": "drawn", "kind": "sample", "tests": ["via"], "volume": {"unit": "mL"},
             "text": LABEL}  # fmt: skip
    gate = {"key": "gate", "kind": "gate", "waits_for": ["via"], "text": LABEL}
    again = {"until": "a >= 5", "max": "3"}
    feed = operation("feed", [drawn, gate, number_step("a")], repeat=again)
    plain["stages"][0]["operations"][1:] = [feed]
    plain["stages"] = [plain["stages"][0], plain["stages"][2]]
    del plain["contingencies"]
    plain["tests"] = [{"key": "via", "title": LABEL, "unit": "%", "turn_round": "1 h"}]
    trial = issued_any(a_plant(), plain)
    for ref in ("one/do/before", "one/do/bag", "one/do/s0"):
        do(trial, due(trial)[(ref, 1)])
    for time, value in ((1, 2), (2, 7)):
        do(trial, due(trial)[("one/feed/drawn", time)])
        outbox.drain()
        # The result of the round before says nothing of these cells.
        with pytest.raises(GateClosed):
            do(trial, due(trial)[("one/feed/gate", time)])
        laboratory.analyse(trial.plant.crew, trial.batch, Random(time))
        do(trial, due(trial)[("one/feed/gate", time)])
        do(trial, due(trial)[("one/feed/a", time)], value)
    assert set(due(trial)) == {("last/end/z", 1)}
