"""The engine of real batches does any document to its end, as the model says.

Documents are drawn with branches, loops, parallel work, limits of time, contingencies, samples and
a gate, and with containers that are split and pooled. Each is compiled, approved by two people and
done on the database, step by step in any order that the recipe allows.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from batches.enums import OperationState, ProcessState, RecordState
from batches.exceptions import CommentMissing, StepAlreadyDone, StepNotDue, StepSkipped
from batches.models import BatchException, Operation, Step
from equipment.enums import ClaimState
from equipment.models import Claim
from mes.lib import clock
from plant import laboratory
from plant.plant import Plant
from recipes import paths
from recipes.judging import TooEarly
from records import outbox
from records.reading import reading
from records.verification import verify
from tests.batches.test_flow import attest_all, call, do, due, issued_any, send, trial_recipe
from tests.builders.batches import Trial, a_plant
from tests.recipes.documents import accepted, flows
from tests.recipes.model import CHOSEN, Model, Ref, Value

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")

MOST_CALLS = 2
UNFINISHED = "loop.unfinished"
MINUTE = timedelta(minutes=1)


class Run:
    """One batch of a drawn document beside the model of its flow and of its times."""

    def __init__(self, plant: Plant, text: str, luck: Random, *, number: int) -> None:
        self.model, self.luck = Model(text), luck
        self.model.plain["recipe"] = f"ANY-{number}"
        self.trial = issued_any(plant, self.model.plain, number=number)
        # When steps were closed, stages begun and the clock started, by their names.
        self.at: dict[str, datetime] = {}
        self.late: list[tuple[str, str]] = []
        self.calls, self.tried = 0, Counter[str]()

    def to_the_end(self) -> None:
        while self.model.ready:
            found = due(self.trial)
            assert set(found) == self.model.ready
            assert self.trial.row().position == self.first_live()
            ref = self.luck.choice(sorted(found))
            if self.luck.random() < 0.2:
                self.refused()
            offered = self.model.offers(ref) and self.calls < MOST_CALLS
            if offered and self.luck.random() < 0.3:
                self.calls += 1
                call(self.trial, paths.ref(*ref))
                self.model.call(ref)
            else:
                self.step(ref, found[ref])

    def first_live(self) -> int:
        """Return the position of the first step that is reached and not over."""
        with reading(site=self.trial.site):
            rows = Step.objects.live().filter(stream=self.trial.batch)
            return min(row.position for row in rows)

    def refused(self) -> None:
        """Try any step that is not ready: it is refused, and nothing happens.

        A third refusal of one step would be an exception: that is tested where refusals are.
        """
        every = [placed.path for placed in trial_recipe(self.trial).by_path.values()]
        wrong = paths.ref(self.luck.choice(every), self.luck.randint(1, 2))
        if paths.split(wrong) not in self.model.ready and self.tried[wrong] < 2:
            self.tried[wrong] += 1
            with pytest.raises((StepNotDue, StepAlreadyDone, StepSkipped)):
                send(self.trial, wrong)

    def step(self, ref: Ref, row: Step) -> None:
        """Do a step after some time: too early it is refused, too late it asks for a reason."""
        written = self.model.step(ref)
        clock.simulate(clock.now() + MINUTE * self.luck.choice([0, 1, 4, 12, 40, 130]))
        if row.kind == "gate":
            outbox.drain()
            laboratory.analyse(self.trial.plant.crew, self.trial.batch, self.luck)
            outbox.drain()
        least = self.least(ref, written, row)
        if least is not None and clock.now() < least:
            with pytest.raises(TooEarly):
                do(self.trial, row)
            clock.simulate(least)
        late = [
            (code, row.ref) for code, most in self.most(ref, written, row) if clock.now() > most
        ]
        if late:
            with pytest.raises(CommentMissing):
                self.send(row, written, 0)
        value = self.value(written)
        self.send(row, written, value, **({"comment": "The room was taken."} if late else {}))
        self.late += late
        self.model.do(ref, value)
        now, stage = clock.now(), ref[0].partition("/")[0]
        self.at |= {ref[0]: now, **({"clock.poured": now} if "starts" in written else {})}
        self.at.setdefault(f"{stage}.started_at", now)

    def value(self, written: dict[str, Any]) -> Value:
        chosen = written["kind"] in CHOSEN
        return self.luck.choice(["good", "bad"]) if chosen else self.luck.randint(0, 9)

    def send(self, row: Step, written: dict[str, Any], value: Value, **more: str) -> None:
        given = {"choice": str(value)} if isinstance(value, str) else {}
        do(self.trial, row, value if isinstance(value, int) else 0, **given, **more)

    def least(self, ref: Ref, written: dict[str, Any], row: Step) -> datetime | None:
        """Return the earliest instant of a step, by the plain document."""
        since = self.at.get(f"{ref[0].rpartition('/')[0]}/a")
        if written["kind"] == "timer":
            since = since if "from" in written else row.due_since
            return since + MINUTE if since else None
        limits = [limit for limit in written.get("within", ()) if "min" in limit]
        return since + 5 * MINUTE if since and limits else None

    def most(self, ref: Ref, written: dict[str, Any], row: Step) -> Iterator[tuple[str, datetime]]:
        """Yield the latest instants of a step, those of the stage that it begins included."""
        operation, stage = ref[0].rpartition("/")[0], ref[0].partition("/")[0]
        if "max" in written and row.due_since:
            yield "timer.late", row.due_since + 30 * MINUTE
        for limit in written.get("within", ()):
            since = self.at.get("clock.poured" if "min" not in limit else f"{operation}/a")
            if since:
                yield "within.missed", since + MINUTE * (30 if "min" in limit else 180)
        begun = f"{stage}.started_at" in self.at
        whole = next(one for one in self.model.plain["stages"] if one["key"] == stage)
        for limit in () if begun else whole.get("within", ()):
            name = limit["from"].replace("one.do.s0", "one/do/s0")
            yield "within.missed", self.at[name] + 120 * MINUTE


def play(plant: Plant, text: str, luck: Random, *, number: int) -> Run:
    run = Run(plant, text, luck, number=number)
    run.to_the_end()
    trial = run.trial
    assert (due(trial), trial.row().process_state) == ({}, ProcessState.COMPLETE)
    attest_all(trial)
    assert trial.row().record_state == RecordState.COMPLETE
    assert said(trial) == expected(run)
    with reading(site=trial.site):
        states = set(Operation.objects.filter(stream=trial.batch).values_list("state", flat=True))
        held = Claim.objects.of(trial.batch).filter(state=ClaimState.OCCUPIED)
        assert (states <= {OperationState.ATTESTED, OperationState.SKIPPED}, list(held)) == (
            True, [],
        )  # fmt: skip
    return run


def said(trial: Trial) -> list[tuple[str, str]]:
    with reading(site=trial.site):
        rows = BatchException.objects.filter(stream=trial.batch).values_list("code", "step")
        return sorted((code, _of_loop(step) if code == UNFINISHED else step) for code, step in rows)


def _of_loop(ref: str) -> str:
    """Return the operation and its time: a loop whose last step was skipped names one before."""
    path, time = paths.split(ref)
    return paths.ref(path.rpartition("/")[0], time)


def expected(run: Run) -> list[tuple[str, str]]:
    """Return the exceptions that the model foresees: what is late, unfinished or called."""
    unfinished = [(UNFINISHED, _of_loop(paths.ref(*ref))) for ref in run.model.unfinished]
    called = [("contingency.called", paths.ref(*ref)) for ref in run.model.called]
    return sorted([*run.late, *unfinished, *called])


def many(count: int) -> dict[str, int]:
    """Run so many drawn documents in one plant; return how much of what there was."""
    plant, seen = a_plant(), dict.fromkeys(("batches", "skipped", "late", "calls", "pools"), 0)

    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(flows(), st.integers(0, 10**6))
    def one(text: str, seed: int) -> None:
        accepted(text)
        seen["batches"] += 1
        run = play(plant, text, Random(seed), number=seen["batches"])
        seen["skipped"] += len(run.model.skipped)
        seen["late"] += len(run.late)
        seen["calls"] += run.calls
        seen["pools"] += '"pool"' in text

    one()
    # What the folds wrote is what the ledger says.
    assert verify(everything=True).differences == []
    return seen


@pytest.mark.req("P11-10f", "S88-2")
@pytest.mark.scenario(37)
def test_the_engine_does_any_document_to_its_end() -> None:
    seen = many(5)
    assert min(seen.values()) > 0, seen


@pytest.mark.slow
@pytest.mark.req("P11-10f", "S88-2")
def test_the_engine_does_many_documents_to_their_end(
    record_property: Callable[[str, object], None],
) -> None:
    for name, number in many(100).items():
        record_property(name, number)
