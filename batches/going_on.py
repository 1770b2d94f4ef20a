"""How a batch goes on in its rows: what the folds of its entries share.

Steps are made due, operations and stages begun and ended, the batch moved; an exception raised.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F, Subquery
from django.db.models.functions import Coalesce

from batches import entries
from batches.enums import ExceptionState, OperationState, ProcessState, StageState, StepState
from batches.models import Batch, BatchException, Operation, Stage, Step
from records.folding import Folded, change, create


def part(batch: UUID, path: str) -> UUID:
    """Return the identifier of a part of a batch: made from the batch's and its path."""
    return uuid5(batch, path)


def step_id(batch: UUID, path: str, iteration: int) -> UUID:
    """Return the identifier of one time of a step."""
    return part(batch, f"{path}#{iteration}")


def go_on(
    e: Folded[Any], turn: entries.Next, ref: str, *, at: datetime, after: int = 0
) -> None:  # fmt: skip
    """Make due what comes; begin and end operations, stages and process.

    ``at`` is when the step was over in the room: what comes is due, and a stage runs, since then.
    """
    for operation in turn.ended_operations:
        end_operation(e, operation)
    if turn.begins_stage:
        stage = Stage.objects.filter(id=part(e.stream, turn.stage))
        change(stage, e, state=StageState.RUNNING, started_at=at)
    for key in turn.ended_stages:
        ended = Stage.objects.filter(id=part(e.stream, key))
        change(ended, e, state=StageState.ENDED, ended_at=at)
    for number, said in enumerate(turn.unfinished, after):
        raise_exception(e, said, step=ref, position=turn.position, comment="", number=number)
    if turn.due is None:
        following = Step.objects.filter(position=turn.position + 1, due_since__isnull=True)
        change(following, e, due_since=at)
    else:
        make_due(e, turn.due, at=at)
    if turn.returns:
        change(Step.objects.filter(waits_for=turn.returns), e, waits_for="")
    _move_batch(e, turn, at=at)


def _move_batch(e: Folded[Any], turn: entries.Next, *, at: datetime) -> None:
    """Say where the batch stands: at the first step that is live.

    That is the next one, where the batch stood at this step and nothing comes between; which of
    several branches is behind is asked only otherwise.
    """
    batch, due = Batch.objects.filter(id=e.stream), turn.due or ()
    if [(one.position, one.waits_for) for one in due] == [(turn.position + 1, "")]:
        here = batch.filter(position=turn.position)
        position = turn.position + 1
        if change(here, e, due_since=at, process_state=ProcessState.RUNNING, position=position):
            return
    live = Step.objects.live().filter(stream=e.stream).values("position")[:1]
    state = ProcessState.COMPLETE if turn.ends_batch else ProcessState.RUNNING
    change(
        batch, e, due_since=at, process_state=state,
        position=Coalesce(Subquery(live), F("steps") + 1),
    )  # fmt: skip


def end_operation(e: Folded[Any], ref: str) -> None:
    """What was performed is attested; where every step was skipped nobody has anything to sign."""
    performed = Step.objects.filter(stream=e.stream, operation=ref, performed_at__isnull=False)
    state = OperationState.TO_BE_ATTESTED if performed.exists() else OperationState.SKIPPED
    change(Operation.objects.filter(id=part(e.stream, ref)), e, state=state)


def make_due(e: Folded[Any], due: tuple[entries.Due, ...], *, at: datetime) -> None:
    """Make steps due from now on; the rows of branches, loops and contingencies begin here."""
    for one in due:
        rows = Step.objects.filter(id=step_id(e.stream, one.step, one.iteration))
        if not change(rows, e, due_since=at, waits_for=one.waits_for):
            need_operation(e, one.operation)
            make_step(e, one, state=StepState.WAITING, due_since=at, waits_for=one.waits_for)


def make_step(e: Folded[Any], one: entries.Due, **values: Any) -> None:
    """Make the row of one time of a step, where the issue of the batch made none."""
    create(
        Step, e, id=step_id(e.stream, one.step, one.iteration), path=one.step,
        iteration=one.iteration, stage=one.step.partition("/")[0], operation=one.operation,
        position=one.position, kind=one.kind, verify=one.verify, **values,
    )  # fmt: skip


def need_operation(e: Folded[Any], ref: str, *, called_from: str = "") -> None:
    """Make the row of one time of an operation, unless it is there."""
    rows = Operation.objects.filter(stream=e.stream)
    if not rows.filter(id=part(e.stream, ref)).exists():
        create(
            Operation, e, id=part(e.stream, ref), path=ref, stage=ref.partition("/")[0],
            number=rows.count() + 1, state=OperationState.WAITING, called_from=called_from,
        )  # fmt: skip


def raise_exception(
    e: Folded[Any], said: entries.Said, *, step: str, position: int, comment: str, number: int = 0
) -> None:
    """Raise an exception by an entry; ``number`` tells apart those of one entry."""
    create(
        BatchException, e, id=part(e.stream, f"exception/{e.seq}/{number}"), step=step,
        position=position, code=said.code, severity=said.severity, params=said.params,
        comment=comment, raised_at=e.at, raised_by=e.actor, raised_by_name=e.actor_name,
        state=ExceptionState.OPEN,
    )  # fmt: skip
