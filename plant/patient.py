"""One patient from order to release: a sequence of acts, each at its simulated time.

``live`` is a generator: it yields the instant at which the patient's people act next. The
rehearsal wakes the patients of a plant in the order of their instants, so that they meet on
rooms and units as real ones do.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from batches import services as floor
from batches.enums import Disposition, OperationState, StepState
from batches.exceptions import CommentMissing
from batches.models import BatchException, Operation, Stage, Step
from batches.selectors import batch_of, due_steps, placed_of, recipe_of
from batches.timing import beginning
from equipment.models import Claim
from materials.models import Container
from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.refusals import Refusal
from planning.enums import PlanState
from planning.models import Plan
from planning.services import deciding, requesting
from plant import laboratory
from plant.arrival import DAY, HOUR, Patient, enter_order, issue, known, receive
from plant.hands import Hands
from plant.library import FILES
from quality import services as quality
from quality.enums import Judgement
from quality.selectors.record import record_of
from quality.services.disposition import content_hash_of
from records import outbox
from records.commands import Reply
from records.reading import reading

STEP = timedelta(minutes=4)
WAIT = timedelta(minutes=30)
# A place that stays taken for so many waits is planned anew.
PATIENCE, MOST_REFUSALS = 6, 300
COMMENT = "Repeated and confirmed; no effect on the cells expected."


def live(p: Patient, *, start: datetime) -> Iterator[datetime]:
    """Take the order at ``start`` and go on until release. Yields when to act next."""
    yield start
    enter_order(p)
    if p.stop_after == "order":
        return
    yield start + DAY
    receive(p)
    issue(p)
    if p.stop_after == "issue":
        return
    yield start + DAY + HOUR
    yield from _plan(p)
    yield from _work(p)
    yield from _finish(p)


def _plan(p: Patient) -> Iterator[datetime]:
    """Ask for a plan until one is proposed, and accept it."""
    crew = p.plant.crew
    while True:
        asked = requesting.request_plan(
            command=crew.command("lindqvist", "planning.request"), batch=known(p.batch)
        )
        outbox.drain()
        plan = UUID(str(asked["plan"]))
        with reading(site=p.plant.site):
            proposed = Plan.objects.get(id=plan).state == PlanState.PROPOSED
        if proposed:
            deciding.accept_plan(command=crew.command("lindqvist", "planning.accept"), plan=plan)
            outbox.drain()
            return
        yield clock.now() + 6 * HOUR


def _work(p: Patient) -> Iterator[datetime]:
    """Do step after step; wait where the world says not yet."""
    stage = ""
    while (due := _due(p)) is not None:
        if due.stage != stage:
            stage = due.stage
            yield max(clock.now(), _planned_start(p, stage))
        try:
            if _happens(p, due):
                continue
            yield from _step(p, due)
        except Refusal as refusal:
            p.refused[refusal.code] = p.refused.get(refusal.code, 0) + 1
            yield clock.now() + WAIT
            yield from _again(p, refusal)


def _happens(p: Patient, due: Step) -> bool:
    """Call a contingency by the chance that a recipe of one's own names; once at each operation."""
    if p.recipe in FILES or due.operation in p.called:
        return False
    p.called.add(due.operation)
    with reading(site=p.plant.site):
        recipe = recipe_of(batch_of(known(p.batch)))
    offered = getattr(recipe.operation(due.operation), "contingencies", ())
    for one in recipe.contingencies:
        if one.key in offered and p.luck.random() < float(one.chance or 0):
            floor.call_contingency(
                command=p.plant.crew.command(p.pair[1], "batches.call_contingency"),
                batch=known(p.batch), contingency=one.key, step=due.ref, reason=COMMENT,
            )  # fmt: skip
            return True
    return False


def _again(p: Patient, refusal: Refusal) -> Iterator[datetime]:
    """Ask for another plan where a place stays taken; give up on what does not pass."""
    times = p.refused[refusal.code]
    if times > MOST_REFUSALS:
        raise refusal
    if refusal.code.startswith("claim.") and times % PATIENCE == 0:
        yield from _plan(p)


def _due(p: Patient) -> Step | None:
    with reading(site=p.plant.site):
        due = due_steps(known(p.batch))
    return p.luck.choice(due) if len(due) > 1 else next(iter(due), None)


def _planned_start(p: Patient, stage: str) -> datetime:
    with reading(site=p.plant.site):
        claims = Claim.objects.of(known(p.batch)).live().for_stage(stage)
        spans = [span for claim in claims for span in claim.stages if span["key"] == stage]
        latest = _latest_start(p, stage)
    starts = [datetime.fromisoformat(span["start"]) for span in spans]
    planned = min(starts, default=clock.now())
    return min(planned, latest) if latest else planned


def _latest_start(p: Patient, stage: str) -> datetime | None:
    """Return until when people begin a stage at the latest, as its lag allows. Inside ``reading``.

    The stage before may have ended sooner than it was planned to.
    """
    batch = batch_of(known(p.batch))
    recipe, rows = recipe_of(batch), {one.key: one for one in Stage.objects.filter(stream=batch.id)}
    lag = recipe.stage_by_key[stage].lag
    for limit in beginning(recipe, recipe.stage_by_key[stage], rows):
        ended = rows.get(limit.from_.removesuffix(".ended_at"))
        if lag and lag.max is not None and limit.max == lag.max and ended and ended.ended_at:
            return ended.ended_at + lag.max
    return None


def _step(p: Patient, due: Step) -> Iterator[datetime]:
    performer, recorder = p.pair
    _sign_on(p, due, performer=performer, recorder=recorder)
    if due.kind == "timer":
        yield from _wait(p, due)
    if due.kind == "gate":
        yield clock.now() + 8 * HOUR
        laboratory.analyse(p.plant.crew, known(p.batch), p.luck, only=_waited_for(p, due))
        _approve(p, due)
    if due.state == StepState.WAITING:
        _perform(p, due, recorder=recorder)
        p.steps += 1
        outbox.drain()
    if due.verify:
        floor.verify_step(
            command=p.plant.crew.command(recorder, "batches.verify"), batch=known(p.batch),
            step=due.ref, proof=p.plant.crew.proof(recorder),
        )  # fmt: skip
    _attest(p, due, performer=performer)
    yield clock.now() + STEP


def _sign_on(p: Patient, due: Step, *, performer: str, recorder: str) -> None:
    with reading(site=p.plant.site):
        operation = Operation.objects.get(stream=known(p.batch), path=due.operation)
    if operation.performer is None:
        floor.sign_on(
            command=p.plant.crew.command(recorder, "batches.sign_on"), batch=known(p.batch),
            operation=due.operation, proof=p.plant.crew.proof(performer),
        )  # fmt: skip


def _wait(p: Patient, due: Step) -> Iterator[datetime]:
    with reading(site=p.plant.site):
        batch = batch_of(known(p.batch))
        hands = Hands(p.plant.crew, batch, placed_of(batch, due.ref), p.luck)
        step, facts = hands.placed.step, hands.facts
        least = facts.span(step.min) if step.min is not None else timedelta(0)  # type: ignore[attr-defined]
        began = facts.closed_at(step.from_) if step.from_ else facts.started_at  # type: ignore[attr-defined]
    yield max(clock.now(), (began or clock.now()) + least)


def _waited_for(p: Patient, due: Step) -> set[str]:
    with reading(site=p.plant.site):
        step = placed_of(batch_of(known(p.batch)), due.ref).step
    return set(step.waits_for)  # type: ignore[attr-defined]


def _approve(p: Patient, due: Step) -> None:
    """QA on call says its word where the gate asks for it."""
    with reading(site=p.plant.site):
        step: Any = placed_of(batch_of(known(p.batch)), due.ref).step
    if step.approval:
        quality.approve_gate(
            command=p.plant.crew.command("vogt", "quality.approve_gate"), batch=known(p.batch),
            gate=due.id, reason=COMMENT, proof=p.plant.crew.proof("vogt"),
        )  # fmt: skip


def _perform(p: Patient, due: Step, *, recorder: str) -> Reply:
    batch = known(p.batch)
    if p.mishap and due.kind == "scan":
        _scan_wrong(p, due, recorder=recorder)
    with reading(site=p.plant.site):
        seen = batch_of(batch)
        hands = Hands(p.plant.crew, seen, placed_of(seen, due.ref), p.luck)
        values = hands.values()
    hands.keep_files()

    def send(values: dict[str, str]) -> Reply:
        payload: dict[str, JSON] = {"batch": str(batch), "step": due.ref, "values": values}
        command = p.plant.crew.command(recorder, "batches.perform_step", payload)
        return floor.perform_step(command=command, batch=batch, step=due.ref, values=values)

    try:
        return send(values)
    except CommentMissing:
        return send({**values, "comment": COMMENT})


def _scan_wrong(p: Patient, due: Step, *, recorder: str) -> None:
    """Scan another patient's bag once: it is refused, and both batches show it."""
    batch = known(p.batch)
    with reading(site=p.plant.site):
        mine = batch_of(batch).coi
        other = Container.objects.present().exclude(coi=mine).filter(kind="collection").first()
    if other is None:
        return
    p.mishap = False
    values = {"code1": f"={other.din}00", "code2": f"&/{other.coi}"}
    payload: dict[str, JSON] = {"step": due.ref, "values": values}
    command = p.plant.crew.command(recorder, "batches.perform_step", payload)
    with suppress(Refusal):
        floor.perform_step(command=command, batch=batch, step=due.ref, values=values)


def _attest(p: Patient, due: Step, *, performer: str) -> None:
    with reading(site=p.plant.site):
        row = Operation.objects.get(stream=known(p.batch), path=due.operation)
    if row.state == OperationState.TO_BE_ATTESTED:
        floor.attest_operation(
            command=p.plant.crew.command(performer, "batches.attest"), batch=known(p.batch),
            operation=due.operation, proof=p.plant.crew.proof(performer),
        )  # fmt: skip


def _finish(p: Patient) -> Iterator[datetime]:
    """Results, judgements, review, release."""
    crew, batch = p.plant.crew, known(p.batch)
    yield clock.now() + DAY
    laboratory.analyse(crew, batch, p.luck)
    outbox.drain()
    yield clock.now() + HOUR
    _judge_all(p)
    if p.stop_after == "judgement":
        return
    quality.sign_review(
        command=crew.command("brenner", "quality.review"), batch=batch,
        content_hash=_hash(p), proof=crew.proof("brenner"),
    )  # fmt: skip
    yield clock.now() + HOUR
    quality.release_batch(
        command=crew.command("weiss", "quality.release"), batch=batch,
        content_hash=_hash(p, Disposition.RELEASED), proof=crew.proof("weiss"),
    )  # fmt: skip
    outbox.drain()
    p.released = True


def _hash(p: Patient, disposition: Disposition | None = None) -> str:
    """Return the hash of what the signer is shown: the record, or its disposition."""
    with reading(site=p.plant.site):
        record = record_of(batch_of(known(p.batch)))
        return content_hash_of(record, disposition) if disposition else record.content_hash


def _judge_all(p: Patient) -> None:
    with reading(site=p.plant.site):
        rows = BatchException.objects.filter(stream=known(p.batch), state="open")
        exceptions = list(rows.values_list("id", flat=True))
    for exception in exceptions:
        quality.judge_exception(
            command=p.plant.crew.command("brenner", "quality.judge"), batch=known(p.batch),
            exception=exception, judgement=Judgement.ACCEPTED, comment=COMMENT,
        )  # fmt: skip
