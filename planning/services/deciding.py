"""The planner's decision: all of a plan, or nothing of it."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.models import Batch, Stage
from batches.selectors import recipe_of
from equipment.entries import StageSpan
from equipment.enums import ResourceKind, UnitStatus
from equipment.models import Claim, Place, Unit
from equipment.services import claims
from equipment.services.claims import Booking, Holder
from mes.lib.refusals import NotFound
from planning.entries import BoardChanged, PlanAccepted, PlanBooking, PlanRejected
from planning.enums import PlanState
from planning.exceptions import PlanNotOpen, PlanOutdated
from planning.jobs import asked_of, shut_between
from planning.models import Plan, PlanBoard
from planning.services.requesting import board_of
from planning.windows import worked
from planning.workflow import may_become
from records.act import act, acting
from records.commands import Command, Reply
from records.reading import reading, the_one

PLAN_ACCEPTED = "plan.accepted"


@acting
def accept_plan(*, command: Command, plan: UUID, seq: int | None = None) -> Reply:
    """Accept a proposal: one act over the plan, the board, the batch, all places and units.

    Gives back the batch's claims that the plan replaces, makes the new ones, moves the board
    on. ``seq`` is what the page showed: a proposal that was computed anew since then is Stale.
    Raises PlanNotOpen, PlanOutdated (the board moved, a stage began, a unit went out of service or
    can do less, a room has other hours), TakenBy, PlaceTaken and the rooms' refusals; then nothing
    of it has happened.
    """
    seen = _look(command, plan)
    board = board_of(_site(command))
    with act(command, streams=[plan, board, *seen]) as a:
        check_permission(a.actor, Permission.PLANNING_ACCEPT)
        if seq is not None:
            a.expect(plan, seq)
        row = _open(plan, PlanState.ACCEPTED)
        version = PlanBoard.objects.get(id=board).version
        bookings = [PlanBooking.model_validate(one) for one in row.bookings]
        _refuse_outdated(row, bookings, version)
        claims.withdraw(a, [UUID(c) for c in row.replaces], reason=f"plan {row.number}")
        made = claims.plan(a, [_to_book(row, one) for one in bookings])
        a.append(plan, PlanAccepted(claims=tuple(made)))
        a.append(board, BoardChanged(plan=plan, becomes=version + 1))
        a.enqueue(PLAN_ACCEPTED, {"plan": str(plan), "batch": str(row.batch)})
        a.reply = {"plan": str(plan), "claims": [str(claim) for claim in made]}
    return a.reply


@acting
def reject_plan(*, command: Command, plan: UUID, reason: str = "", seq: int | None = None) -> Reply:
    """Put a plan aside; appends ``plan.rejected``. Raises PlanNotOpen, Stale."""
    with act(command, streams=[plan]) as a:
        check_permission(a.actor, Permission.PLANNING_ACCEPT)
        if seq is not None:
            a.expect(plan, seq)
        _open(plan, PlanState.REJECTED)
        a.append(plan, PlanRejected(reason=reason))
        a.reply = {"plan": str(plan)}
    return a.reply


def _site(command: Command) -> UUID:
    if command.actor.site is None:
        raise NotFound()
    return command.actor.site


def _look(command: Command, plan: UUID) -> list[UUID]:
    """Return the batch and all places and units that the acceptance changes, to be locked."""
    with reading(site=_site(command)):
        row = the_one(Plan.objects.filter(id=plan))
        held = Claim.objects.filter(id__in=row.replaces).values_list("stream", flat=True)
        return sorted({row.batch, *held, *(UUID(one["resource"]) for one in row.bookings)})


def _open(plan: UUID, new: PlanState) -> Plan:
    row = Plan.objects.get(id=plan)
    if not may_become(row.state, new):
        raise PlanNotOpen(plan=row.number, state=str(PlanState(row.state).label))
    return row


def _refuse_outdated(row: Plan, bookings: list[PlanBooking], version: int) -> None:
    begins = {one.stages[0].key for one in bookings}
    begun = Stage.objects.filter(stream=row.batch, key__in=begins, started_at__isnull=False)
    gone = _has_lost_a_unit(row, bookings) or _is_shut(bookings)
    if row.base != version or begun.exists() or gone:
        raise PlanOutdated(plan=row.number)


def _has_lost_a_unit(row: Plan, bookings: list[PlanBooking]) -> bool:
    asked = asked_of(recipe_of(Batch.objects.get(id=row.batch)))
    return any(
        unit.status != UnitStatus.AVAILABLE or not unit.can(asked.get(unit.unit_class, ()))
        for unit in Unit.objects.filter(id__in=[one.resource for one in bookings])
    )


def _is_shut(bookings: list[PlanBooking]) -> bool:
    """Tell whether a room would be worked in, or cleaned, at hours at which it is not any more."""
    found = Place.objects.filter(id__in=[one.resource for one in bookings])
    rooms = {place.id: place.room for place in found.select_related("room")}
    return any(
        any(shut_between(rooms[resource], start=start, end=end))
        for resource, (start, end) in worked(bookings)
        if resource in rooms
    )


def _to_book(row: Plan, one: PlanBooking) -> Booking:
    return Booking(
        kind=ResourceKind(one.kind),
        resource=one.resource,
        holder=Holder(id=row.batch, label=row.batch_label, mark=row.batch_mark),
        purpose=one.stages[0].key,
        start=one.start,
        end=one.end,
        work_end=one.work_end,
        stages=tuple(StageSpan(key=s.key, start=s.start, end=s.end) for s in one.stages),
        alias=one.alias,
        exclusive=one.exclusive,
        plan=row.id,
    )
