"""SET acts: a step performed, and an entry appended, against what they replace.

The baselines read, check and judge the same; they differ in how they write:

``history``  lock the batch, save step and batch with simple-history
``rows``     the same, and the audit, command and message rows by the ORM
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.enums import SubjectKind
from accounts.rules import check_permission, check_qualified
from batches.qualifying import asked_of
from batches.selectors import batch_of
from batches.services import issue_batch, perform_step, sign_on
from bench.measure import Figure, compared, side_by_side
from bench.models import (
    PlainAudit,
    PlainBatch,
    PlainCommand,
    PlainEntry,
    PlainMessage,
    PlainOperation,
    PlainStep,
)
from equipment.enums import ResourceKind
from equipment.models import Place
from equipment.services.bookings import claim_resource
from equipment.services.claims import Booking, Holder
from mes.lib import clock
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from plant import library
from plant.arrival import HOUR, Patient, enter_order, known, receive
from plant.crew import command_of
from plant.plant import Plant, open_plant
from recipes.document import Recipe
from recipes.judging import Facts
from recipes.kinds import judge
from records.act import New, act
from records.commands import Command
from records.entries import Payload, entry
from records.reading import reading
from records.store import envelope_of

STEPS = 900
OPERATION = "work/work"


@entry("bench.said", version=1, stream="bench")
class BenchSaid(Payload):
    """An entry without a fold."""

    text: str


IDENTITY = """          - key: identity
            kind: scan
            what: patient-container
            identifiers: "2"
            text: {en: "Scan."}"""


def recipe_text(steps: int) -> bytes:
    """Return a recipe of one closed stage with ``steps`` numbers to enter."""
    entered = "\n".join(
        f"""          - key: v{n}
            kind: enter
            value: decimal
            unit: mL
            limits: {{alert: ["1", "9"], action: ["0", "10"]}}
            text: {{en: "Enter volume {n}."}}"""
        for n in range(steps)
    )
    clear = """          - key: clear-{0}
            kind: clear
            when: {0}
            text: {{en: "Clear."}}
            checks:
              - {{key: clean, text: {{en: "Clean."}}}}
"""
    return f"""recipe: BENCH
title: {{en: "Bench"}}
modality: autologous
stages:
  - key: work
    title: {{en: "Work"}}
    room: {{class: grade-C}}
    duration: {{low: 1 h, expected: 2 h, high: 3 h}}
    operations:
      - key: work
        title: {{en: "Work"}}
        openness: closed
        steps:
{clear.format("before")}{IDENTITY}
{entered}
{clear.format("after")}""".encode()


def figures(*, rounds: int = 300) -> Iterator[Figure]:
    """Measure; yields the lines of the table. Needs an empty throw-away database."""
    plant, batch, recipe = running_batch()
    subjects = _steps(plant, batch, recipe)
    taken = side_by_side(subjects, rounds=rounds)
    size = f"{rounds} steps of one batch"
    yield compared(
        "perform a step / lock, save, simple-history", taken, subject="ours",
        baseline="history", size=size, limit=1.8,
    )  # fmt: skip
    yield compared(
        "perform a step / the ORM rows it replaces", taken, subject="ours", baseline="rows",
        size=size, limit=1.3,
    )  # fmt: skip
    taken = side_by_side(_appends(plant), rounds=rounds * 2)
    yield compared(
        "append an entry (an act of its own) / bare INSERT", taken, subject="append",
        baseline="insert", size=f"{rounds * 2} entries", limit=4.0,
    )  # fmt: skip


def running_batch() -> tuple[Plant, UUID, Recipe]:
    """Open a plant and bring a batch of STEPS numbers to its first number."""
    plant = open_plant(recipes=("SIX-STEPS",), texts=(recipe_text(STEPS),))
    version = plant.versions["BENCH"]
    patient = Patient(plant=plant, number=1, recipe="BENCH", luck=Random(1))
    enter_order(patient)
    receive(patient)
    crew = plant.crew
    issued = issue_batch(
        command=crew.command("lindqvist", "issue"), order=known(patient.order),
        recipe_version=version,
    )  # fmt: skip
    batch = UUID(str(issued["batch"]))
    _claim(plant, batch, str(issued["number"]))
    sign_on(
        command=crew.command("brandt", "on"), batch=batch, operation=OPERATION,
        proof=crew.proof("adeyemi"),
    )  # fmt: skip
    _perform(plant, batch, "clear-before", {"clean": "yes"})
    with reading(site=plant.site):
        coi = batch_of(batch).coi
    codes = {"code1": f"={patient.din}00", "code2": f"&/{coi}"}
    _perform(plant, batch, "identity", codes)
    with reading(site=plant.site):
        recipe = library.document_of(version)
    return plant, batch, recipe


def _claim(plant: Plant, batch: UUID, number: str) -> None:
    with reading(site=plant.site):
        place = Place.objects.get(barcode="H2-P1").id
    booking = Booking(
        kind=ResourceKind.PLACE, resource=place, holder=Holder(id=batch, label=number),
        purpose="work", start=clock.now(), end=clock.now() + 8 * HOUR,
    )  # fmt: skip
    claim_resource(command=plant.crew.command("lindqvist", "claim"), booking=booking)


def _perform(plant: Plant, batch: UUID, key: str, values: dict[str, str]) -> None:
    path = f"{OPERATION}/{key}"
    payload: dict[str, Any] = {"batch": str(batch), "step": path, "values": values}
    command = plant.crew.command("brandt", "batches.perform_step", payload)
    perform_step(command=command, batch=batch, step=path, values=values)


def _steps(plant: Plant, batch: UUID, recipe: Recipe) -> dict[str, Callable[[], None]]:
    count = itertools.count()
    plain = {
        name: _Plain(plant, batch, recipe, rows=name == "rows") for name in ("history", "rows")
    }
    return {
        "ours": lambda: _perform(plant, batch, f"v{next(count)}", {"value": "5.2"}),
        **{name: one.perform for name, one in plain.items()},
    }


class _Plain:
    """A careful plain Django implementation of the same step: the same checks, the same rows."""

    def __init__(self, plant: Plant, batch: UUID, recipe: Recipe, *, rows: bool) -> None:
        self.plant, self.recipe, self.rows = plant, recipe, rows
        self.actor = plant.crew.actor("brandt")
        self.performer = known(plant.crew.actor("adeyemi").person)
        with reading(site=plant.site):
            self.pinned = batch_of(batch)
        with connection.cursor() as cursor:
            # The roles that the baseline asks for stand behind the walls, too.
            site, person = str(plant.site), str(self.actor.person)
            cursor.execute(
                "SELECT set_config('mes.site', %s, false), set_config('mes.person', %s, false)",
                [site, person],
            )
        now = clock.now()
        self.batch = PlainBatch.objects.create(
            number="B-26-0001", due_since=now, process_state="running", record_state="executing"
        )
        PlainOperation.objects.create(batch=self.batch, path=OPERATION, performer_name="A")
        placed = list(recipe.steps())[2:-1]
        PlainStep.objects.bulk_create(
            PlainStep(batch=self.batch, path=one.path, position=number, state="waiting")
            for number, one in enumerate(placed, 1)
        )
        self.paths = iter(one.path for one in placed)

    def perform(self) -> None:
        """Lock, look, check, judge, save."""
        path, values = next(self.paths), {"value": "5.2"}
        with transaction.atomic():
            batch = PlainBatch.objects.select_for_update().get(id=self.batch.pk)
            step = PlainStep.objects.get(batch=batch, path=path)
            operation = PlainOperation.objects.get(batch=batch, path=OPERATION)
            check_permission(self.actor, "batches.perform")
            now = clock.now()
            self._check_hands(path, now)
            judged = judge(self.recipe.by_path[path].step, values, Facts(at=now, path=path))
            before = {"state": step.state}
            step.state, step.values, step.outcome = "closed", judged.values, judged.outcome
            step.rule, step.performed_by, step.performed_at = judged.rule, uuid7(), now
            step.performer_name, step.recorded_by = operation.performer_name, self.actor.person
            step.recorder_name = self.actor.name
            step.save()
            ahead = PlainStep.objects.filter(batch=batch)
            ahead.filter(position=step.position + 1).update(state="due")
            batch.position, batch.due_since = batch.position + 1, now
            batch.save(update_fields=["position", "due_since"])
            if self.rows:
                self._rows(step, before, values)

    def _check_hands(self, path: str, now: datetime) -> None:
        """Ask what the step asks of its performer, and its room of who records it."""
        asked = asked_of(self.pinned, self.recipe, self.recipe.by_path[path])
        check_qualified(self.performer, asked, at=now)
        room = [subject for subject in asked if subject.kind == SubjectKind.GOWNING]
        check_qualified(known(self.actor.person), room, at=now)

    def _rows(self, step: PlainStep, before: dict[str, str], values: dict[str, str]) -> None:
        now = clock.now()
        PlainAudit.objects.create(
            model="step", row=step.pk, actor=known(self.actor.person), actor_name=self.actor.name,
            role=self.actor.role, at=now, before=before, after=values, reason="",
        )  # fmt: skip
        PlainCommand.objects.create(
            key=uuid7(), fingerprint=content_hash(values), reply={"step": step.path}, at=now
        )
        PlainMessage.objects.create(topic="step", payload={"step": step.path}, not_before=now)


def _appends(plant: Plant) -> dict[str, Callable[[], None]]:
    stream, actor = uuid7(), plant.crew.actor("brandt")
    count = itertools.count(1)
    with act(command_of(actor, "bench"), new=[New("bench", stream, plant.site)]) as a:
        a.append(stream, BenchSaid(text="first"))
        head = a.heads[stream]
        body = str(envelope_of(head, BenchSaid(text="x"), command=a.command, at=a.now)).encode()

    def append() -> None:
        command: Command = command_of(actor, "bench")
        with act(command, streams=[stream]) as running:
            running.append(stream, BenchSaid(text="x"))

    def insert() -> None:
        PlainEntry.objects.create(stream=stream, seq=next(count), body=body)

    return {"append": append, "insert": insert}
