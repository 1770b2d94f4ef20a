"""Asking for a plan."""

from uuid import UUID, uuid5

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.enums import RecordState
from batches.models import Batch
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from planning import jobs
from planning.entries import (
    BOARD,
    PLAN,
    BoardOpened,
    PlanNumbered,
    PlanRequested,
    PlanSuperseded,
)
from planning.exceptions import NothingToPlan
from planning.models import Plan, PlanBoard
from records.act import Act, New, act, acting
from records.commands import Command, Reply
from records.exceptions import StreamExists
from records.reading import reading, the_one

PLAN_REQUESTED = "plan.requested"


def board_of(site: UUID) -> UUID:
    """Return the stream of a site's board: known without asking, so that it can be locked."""
    return uuid5(site, "plan-board")


@acting
def request_plan(*, command: Command, batch: UUID) -> Reply:
    """Ask for a plan of what is left of a batch; an open plan of the batch is superseded.

    Appends ``plan.requested`` (and the board's number), enqueues ``plan.requested``; a worker
    computes. Raises NothingToPlan, NotFound, PlanAlreadyAsked when two ask at once.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    board, plan = board_of(site), uuid7()
    open_plans = _look(command, board, batch)
    new = [New(PLAN, plan, site)]
    with act(command, streams=[board, batch, *open_plans], new=new) as a:
        check_permission(a.actor, Permission.PLANNING_PLAN)
        asked = _batch(a, batch)
        for earlier in Plan.objects.of(batch).open().filter(id__in=open_plans):
            a.append(earlier.id, PlanSuperseded(by=plan))
        number = PlanBoard.objects.get(id=board).plans + 1
        a.append(board, PlanNumbered(plan=plan, number=number))
        said = PlanRequested(
            number=number, batch=batch, batch_label=asked.number, batch_mark=asked.mark
        )
        a.append(plan, said)
        a.enqueue(PLAN_REQUESTED, {"plan": str(plan)})
        a.reply = {"plan": str(plan), "number": number}
    return a.reply


def _look(command: Command, board: UUID, batch: UUID) -> list[UUID]:
    """Return the batch's open plans, to be locked; open the board where there is none."""
    with reading(site=command.actor.site):
        opened = PlanBoard.objects.filter(id=board).exists()
        plans = list(Plan.objects.of(batch).open().values_list("id", flat=True))
    if not opened:
        _open_board(command, board)
    return plans


def _open_board(command: Command, board: UUID) -> None:
    """Open the site's board once; who comes second finds it open."""
    opening = Command(key=uuid7(), name="planning.open_board", actor=command.actor)
    try:
        with act(opening, new=[New(BOARD, board, command.actor.site)]) as a:
            a.append(board, BoardOpened())
    except StreamExists:
        return


def _batch(a: Act, batch: UUID) -> Batch:
    found = the_one(Batch.objects.filter(id=batch))
    if found.record_state != RecordState.EXECUTING:
        raise NothingToPlan(batch=found.number)
    jobs.job_of(found, at=a.now)
    return found
