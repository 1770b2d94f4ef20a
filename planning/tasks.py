"""What planning does with messages: the solver computes outside of any act."""

from dataclasses import dataclass
from uuid import UUID

from batches.models import Batch
from equipment.selectors import places_of_room
from equipment.services.claims import CLAIM_CONFLICTED
from equipment.services.rooms import ROOM_HOURS
from equipment.services.units import UNIT_CAPABILITIES
from mes.lib import clock
from planning import jobs
from planning.enums import PlanState
from planning.exceptions import Impossible
from planning.models import Plan, PlanBoard
from planning.problem import Floor, PlanningJob, Schedule
from planning.services.clearing import give_back
from planning.services.deciding import PLAN_ACCEPTED
from planning.services.proposing import BoardMoved, propose, refresh, refresh_users
from planning.services.requesting import PLAN_REQUESTED
from planning.solver import solve
from records import outbox
from records.act import discard
from records.reading import reading

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Question:
    """A plan as the solver sees it, read in one snapshot."""

    job: PlanningJob
    floor: Floor
    base: int
    replaces: tuple[UUID, ...]


@outbox.subscribe(PLAN_REQUESTED, consumer="planning.solve")
def solve_plan(message: outbox.Message) -> None:
    """Compute a plan and keep it, if the board did not change meanwhile; else again."""
    for left in reversed(range(MOST_TRIES)):
        try:
            _solve_once(message)
        except BoardMoved:
            if not left:
                raise
        else:
            return


def _solve_once(message: outbox.Message) -> None:
    plan = UUID(message.payload["plan"])
    with reading(site=message.site):
        asked = _question(plan)
    if asked is None:
        discard(message)
        return
    propose(
        command=message.command("planning.propose"),
        message=message,
        plan=plan,
        base=asked.base,
        answer=_answer(asked),
        replaces=asked.replaces,
    )


def _question(plan: UUID) -> Question | None:
    """Read the problem of a plan that is still to be computed, in one snapshot."""
    row = Plan.objects.filter(id=plan, state__in=PlanState.computed).first()
    if row is None:
        return None
    job = jobs.job_of(Batch.objects.get(id=row.batch), at=clock.now())
    return Question(
        job=job,
        floor=jobs.floor_for(job),
        base=PlanBoard.objects.get(site=row.site).version,
        replaces=tuple(claim.id for claim in jobs.replaced(row.batch, job)),
    )


def _answer(asked: Question) -> Schedule | Impossible:
    try:
        return solve(asked.job, asked.floor)
    except Impossible as missing:
        return missing


@outbox.subscribe(PLAN_ACCEPTED, consumer="planning.refresh")
def refresh_outdated(message: outbox.Message) -> None:
    """The board changed: have the other proposals computed anew."""
    refresh(command=message.command("planning.refresh"), message=message)


@outbox.subscribe("unit.status", consumer="planning.refresh_users")
def refresh_users_of_unit(message: outbox.Message) -> None:
    """A unit went out of service or came back: have proposals with it computed anew."""
    command = message.command("planning.refresh_users")
    refresh_users(command=command, message=message, resources=[UUID(message.payload["unit"])])


@outbox.subscribe(UNIT_CAPABILITIES, consumer="planning.refresh_users")
def refresh_users_of_what_it_can(message: outbox.Message) -> None:
    """A unit can do other things than before: have proposals with it computed anew."""
    command = message.command("planning.refresh_capabilities")
    refresh_users(command=command, message=message, resources=[UUID(message.payload["unit"])])


@outbox.subscribe(ROOM_HOURS, consumer="planning.refresh_users")
def refresh_users_of_room(message: outbox.Message) -> None:
    """A room has other hours: have proposals with its places computed anew."""
    with reading(site=message.site):
        places = places_of_room(UUID(message.payload["room"]))
    command = message.command("planning.refresh_room")
    refresh_users(command=command, message=message, resources=places)


@outbox.subscribe(CLAIM_CONFLICTED, consumer="planning.refresh_users")
def refresh_behind_overrun(message: outbox.Message) -> None:
    """A claim was overrun or pushed aside: have proposals on the same resource computed anew."""
    command = message.command("planning.refresh_conflicted")
    resource = UUID(message.payload["resource"])
    refresh_users(command=command, message=message, resources=[resource])


@outbox.subscribe("batch.completed", consumer="planning.give_back")
def give_back_rest(message: outbox.Message) -> None:
    """The record is complete: what was booked and never needed is free again."""
    _give_back(message, UUID(message.payload["batch"]), reason="batch complete")


@outbox.subscribe("order.cancelled", consumer="planning.give_back")
def give_back_cancelled(message: outbox.Message) -> None:
    """The order was cancelled: what its batch has not begun is free again."""
    batch = message.payload["batch"]
    if batch:
        _give_back(message, UUID(batch), reason="order cancelled")
    else:
        discard(message)


def _give_back(message: outbox.Message, batch: UUID, *, reason: str) -> None:
    give_back(
        command=message.command("planning.give_back"), message=message, batch=batch, reason=reason
    )
