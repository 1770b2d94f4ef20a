"""The rows of a batch's rest, made anew from another document: part of the folds.

What was reached keeps its row. What is not in the document any more is skipped; what is new
waits. Rows are made as an issued batch makes them.
"""

from typing import Any
from uuid import UUID, uuid5

from batches.enums import OperationState, StageState, StepState
from batches.models import Operation, Stage, Step
from recipes.document import Placed
from records.folding import Folded, change, create


def remake(e: Folded[Any], placed: list[Placed], *, why: str) -> None:
    """Make the rows of stages, operations and steps say what the document says."""
    _stages(e, list(dict.fromkeys(one.stage.key for one in placed)))
    _operations(e, list(dict.fromkeys(f"{p.stage.key}/{p.operation.key}" for p in placed)))
    _steps(e, placed, why)


def _stages(e: Folded[Any], keys: list[str]) -> None:
    rows = Stage.objects.filter(stream=e.stream)
    for number, key in enumerate(keys, 1):
        if not change(rows.filter(key=key), e, number=number):
            create(
                Stage, e, id=uuid5(e.stream, key), key=key, number=number,
                state=StageState.WAITING,
            )  # fmt: skip
    gone = rows.filter(state=StageState.WAITING).exclude(key__in=keys)
    for number, row in enumerate(gone, len(keys) + 1):
        change(rows.filter(id=row.id), e, state=StageState.SKIPPED, number=number)


def _operations(e: Folded[Any], paths: list[str]) -> None:
    """Waiting operations share their numbers in the new order; what has begun keeps its own."""
    rows = Operation.objects.filter(stream=e.stream)
    known = {row.path: row for row in rows}
    waiting = {path for path, row in known.items() if _waits(row)}
    gone = [path for path in waiting if path not in paths]
    change(rows.filter(path__in=gone), e, state=OperationState.SKIPPED)
    free = [path for path in paths if path not in known or path in waiting]
    numbers = sorted(known[path].number for path in free if path in known)
    highest = max((row.number for row in known.values()), default=0)
    numbers += range(highest + 1, highest + 1 + len(free) - len(numbers))
    for path, number in zip(free, numbers, strict=True):
        if not change(rows.filter(path=path), e, number=number):
            create(
                Operation, e, id=uuid5(e.stream, path), path=path, number=number,
                stage=path.partition("/")[0], state=OperationState.WAITING,
            )  # fmt: skip


def _waits(row: Operation) -> bool:
    return row.state == OperationState.WAITING and row.performer is None and not row.called_from


def _steps(e: Folded[Any], placed: list[Placed], why: str) -> None:
    rows = Step.objects.filter(stream=e.stream)
    by_path = {one.path: one for one in placed}
    # What an earlier redline took away may come back.
    back = {row.path for row in rows if _taken_away(row) and row.path in by_path}
    change(rows.filter(path__in=back), e, state=StepState.WAITING, values={})
    reached = {row.path for row in rows if row.due_since is not None or _over(row)} - back
    # In place of ``skipped`` of a branch: which redline took it away.
    gone = [row.id for row in rows if row.path not in by_path and row.path not in reached]
    change(
        rows.filter(id__in=gone), e, state=StepState.SKIPPED, position=0, values={"skipped": why}
    )
    known = {row.path for row in rows}
    for path, one in by_path.items():
        said: dict[str, Any] = {"position": one.position}
        if path not in reached:
            said |= {"kind": one.step.kind, "verify": one.step.verify, "stage": one.stage.key,
                     "operation": f"{one.stage.key}/{one.operation.key}"}  # fmt: skip
        if path in known:
            change(rows.filter(path=path), e, **said)
        elif not _in_a_branch(one):
            create(
                Step, e, id=_step_id(e.stream, path), path=path, iteration=1,
                state=StepState.WAITING, **said,
            )  # fmt: skip


def _over(row: Step) -> bool:
    return row.state != StepState.WAITING


def _taken_away(row: Step) -> bool:
    return row.state == StepState.SKIPPED and row.position == 0 and row.due_since is None


def _in_a_branch(one: Placed) -> bool:
    """A step that may be skipped has its row when it is reached."""
    return bool(one.stage.when or one.operation.when or one.step.condition)


def _step_id(batch: UUID, path: str) -> UUID:
    return uuid5(batch, f"{path}#1")
