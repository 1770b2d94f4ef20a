"""What the solver's answer becomes: a proposal, or the sentence of what is missing."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from equipment.entries import StageSpan
from planning.entries import PlanBooking, PlanFailed, PlanProposed
from planning.enums import PlanState
from planning.exceptions import Impossible
from planning.models import Plan, PlanBoard
from planning.models.plan import PlanQuerySet
from planning.problem import Booked, Schedule, Span
from planning.services.requesting import PLAN_REQUESTED, board_of
from planning.workflow import may_become
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.outbox import Message


class BoardMoved(Exception):
    """The board changed while the solver computed; compute again."""


@acting
def propose(
    *,
    command: Command,
    message: Message,
    plan: UUID,
    base: int,
    answer: Schedule | Impossible,
    replaces: Sequence[UUID],
) -> Reply:
    """Keep the answer for a plan that was computed on version ``base`` of the board.

    Appends ``plan.proposed`` or ``plan.failed``; for a plan that was decided meanwhile nothing.
    Raises BoardMoved when another plan was accepted since.
    """
    assert command.actor.site is not None  # noqa: S101 - the relay's messages of plans have one
    board = board_of(command.actor.site)
    with act(command, streams=[plan, board]) as a:
        if PlanBoard.objects.get(id=board).version != base:
            raise BoardMoved()
        state = Plan.objects.get(id=plan).state
        said = _said(base, answer, replaces)
        new = PlanState.PROPOSED if isinstance(said, PlanProposed) else PlanState.FAILED
        if may_become(state, new):
            a.append(plan, said)
        a.done(message)
    return a.reply


def _said(
    base: int, answer: Schedule | Impossible, replaces: Sequence[UUID]
) -> PlanProposed | PlanFailed:
    if isinstance(answer, Impossible):
        return PlanFailed(base=base, code=answer.code, params=dict(answer.params))
    return PlanProposed(
        base=base,
        stages=tuple(_span(span) for span in answer.stages),
        bookings=tuple(_booking(one) for one in answer.bookings),
        replaces=tuple(replaces),
    )


def _span(span: Span) -> StageSpan:
    return StageSpan(key=span.key, start=span.start, end=span.end)


def _booking(one: Booked) -> PlanBooking:
    plain = asdict(one) | {"stages": tuple(_span(span) for span in one.stages)}
    return PlanBooking(**plain)


@acting
def refresh(*, command: Command, message: Message) -> Reply:
    """Have every proposal computed anew that was computed before the board changed."""
    assert command.actor.site is not None  # noqa: S101 - the relay's messages of plans have one
    with act(command, streams=[board_of(command.actor.site)]) as a:
        version = PlanBoard.objects.get(id=board_of(command.actor.site)).version
        _compute_anew(a, Plan.objects.filter(base__lt=version))
        a.done(message)
    return a.reply


@acting
def refresh_users(*, command: Command, message: Message, resources: Sequence[UUID]) -> Reply:
    """Have the proposals that book a unit or place computed anew: it is no longer as it was."""
    with act(command, streams=resources) as a:
        booked = [Q(bookings__contains=[{"resource": str(one)}]) for one in resources]
        _compute_anew(a, Plan.objects.filter(reduce(or_, booked, Q(id__in=()))))
        a.done(message)
    return a.reply


def _compute_anew(a: Act, plans: PlanQuerySet) -> None:
    for plan in plans.filter(state=PlanState.PROPOSED).order_by("number"):
        a.enqueue(PLAN_REQUESTED, {"plan": str(plan.id)})
