"""The planning problem of a batch and of a site, read from what other apps keep."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from accounts.selectors import site_of
from batches.enums import StageState
from batches.models import Batch, Stage
from batches.selectors import recipe_of
from equipment import selectors as equipment
from equipment.enums import ClaimState, OpennessPolicy, UnitStatus
from equipment.models import Claim, Place, Room, Unit
from orders.models import Order
from orders.selectors import collections_of
from planning.exceptions import NothingToPlan
from planning.problem import (
    HORIZON,
    Floor,
    FloorPlace,
    FloorUnit,
    Hours,
    JobStage,
    Link,
    Moment,
    PlanningJob,
)
from recipes.document import Recipe
from recipes.document import Stage as RecipeStage

# Plans begin at a quarter of an hour: nobody books 14:07:31.
GRID = timedelta(minutes=15)


def job_of(batch: Batch, *, at: datetime) -> PlanningJob:
    """Return what is left to be planned of a batch: stages that have not ended.

    Cells that are not collected yet arrive, for the plan, when their collection window begins.
    Raises NothingToPlan when every stage has begun.
    """
    recipe = recipe_of(batch)
    rows = {row.key: row for row in Stage.objects.filter(stream=batch.id)}
    left = [s for s in recipe.stages if rows[s.key].state != StageState.ENDED]
    if all(rows[stage.key].started_at for stage in left):
        raise NothingToPlan(batch=batch.number)
    origin, collected = _collection(batch)
    earliest = _on_grid(at if collected else max(at, origin))
    facts = {"collection.ended_at": origin} | dict(_moments(rows))
    keys = {stage.key for stage in left}
    return PlanningJob(
        batch=batch.id,
        label=batch.number,
        mark=batch.mark,
        earliest=earliest,
        stages=tuple(job_stage(recipe, s, rows[s.key].started_at, facts) for s in left),
        needs=tuple(need for need in recipe.needs if need.first in keys),
        asked=asked_of(recipe),
    )


def asked_of(recipe: Recipe) -> dict[str, tuple[str, ...]]:
    """Return what a recipe asks that a unit of each class can do."""
    return {line.class_: line.capability for line in recipe.bill_of_equipment}


def _on_grid(at: datetime) -> datetime:
    over = timedelta(seconds=at.timestamp() % GRID.total_seconds())
    return at - over + GRID if over else at


def _collection(batch: Batch) -> tuple[datetime, bool]:
    """Return when the collection ended (or will, at the earliest), and whether it is here."""
    order = Order.objects.get(id=batch.order)
    ended = [c.ended_at for c in collections_of(order.id) if c.ended_at is not None]
    here = order.received_at is not None
    return (max(ended) if ended else order.collection_from), here


def _moments(rows: dict[str, Stage]) -> Iterator[tuple[str, datetime]]:
    for key, row in rows.items():
        if row.started_at is not None:
            yield f"{key}.started_at", row.started_at
        if row.ended_at is not None:
            yield f"{key}.ended_at", row.ended_at


def job_stage(
    recipe: Recipe, stage: RecipeStage, started: datetime | None, facts: dict[str, datetime]
) -> JobStage:
    """Return a stage as the solver sees it; ``facts`` are the moments that are past."""
    bounds = [(_moment(recipe, one.from_), recipe.time_of(one.max)) for one in stage.within]
    known = [facts[name] + most for name, most in bounds if name in facts]
    links = [_link(name, most) for name, most in bounds if name not in facts]
    lag = stage.lag
    return JobStage(
        key=stage.key,
        duration=stage.duration.expected,
        cleaning=stage.cleaning or timedelta(),
        lag=(lag and lag.min) or timedelta(),
        most_lag=lag.max if lag else None,
        latest=min(known, default=None),
        links=tuple(links),
        started=started,
    )


def _moment(recipe: Recipe, name: str) -> str:
    """Return the moment that counts: a container's clock begins, at the latest, with the end of
    the stage in which a step starts it.
    """
    first, _dot, clock = name.partition(".")
    if first != "clock":
        return name
    stages = (placed.stage.key for placed in recipe.steps() if placed.step.starts == clock)
    return f"{next(stages)}.ended_at"


def _link(name: str, most: timedelta) -> Link:
    """A moment inside a stage counts as its end or, when it says so, its start."""
    stage = name.replace("/", ".").split(".")[0]
    moment: Moment = "started_at" if name.endswith(".started_at") else "ended_at"
    return Link(stage=stage, moment=moment, most=most)


def own_waiting_claims(batch: UUID) -> list[Claim]:
    """Return the batch's claims that have not begun: a new plan replaces them."""
    claims = Claim.objects.of(batch).filter(state__in=ClaimState.waiting)
    return list(claims.order_by("during", "stream"))


def replaced(batch: UUID, job: PlanningJob) -> list[Claim]:
    """Return the waiting claims of stages that the job plans anew."""
    anew = {stage.key for stage in job.stages if stage.started is None}
    return [claim for claim in own_waiting_claims(batch) if claim.purpose in anew]


def floor_for(job: PlanningJob) -> Floor:
    """Return the site's places and units in service, and the hours that are taken.

    The claims that the plan would replace do not count. An occupied place is not free before
    the job may begin, whatever its planned end says.
    """
    free = {claim.id for claim in replaced(job.batch, job)}
    taken: dict[UUID, list[Hours]] = defaultdict(list)
    for claim in Claim.objects.exclusive_hours().filter(during__endswith__gt=job.earliest):
        if claim.id not in free:
            taken[claim.stream].append((claim.start, claim.end))
    for claim in Claim.objects.occupied().filter(during__endswith__lte=job.earliest):
        taken[claim.stream].append((claim.start, job.earliest + GRID))
    return Floor(
        places=tuple(_places()),
        units=tuple(_units(job)),
        taken={resource: tuple(sorted(hours)) for resource, hours in taken.items()},
        shut=dict(_shut(job)),
    )


def _shut(job: PlanningJob) -> Iterator[tuple[UUID, tuple[Hours, ...]]]:
    """Yield the rooms that have hours, and when nobody works there."""
    for room in Room.objects.exclude(opens__isnull=True, days__isnull=True):
        shut = shut_between(room, start=job.earliest, end=job.earliest + HORIZON)
        yield room.id, tuple(shut)


def shut_between(room: Room, *, start: datetime, end: datetime) -> Iterator[Hours]:
    """Yield the hours that touch [start, end) in which a room is not worked in."""
    if room.site is None:
        return
    for window in equipment.shut(room, start=start, end=end, zone=site_of(room.site).zone):
        yield window.start, window.end


def _places() -> Iterator[FloorPlace]:
    for place in Place.objects.select_related("room").order_by("room__code", "number"):
        policy = place.room.policy
        yield FloorPlace(
            id=place.id,
            label=place.label,
            room=place.room_id,
            room_class=place.room.room_class,
            number=place.number,
            open_work=policy != OpennessPolicy.CLOSED,
            closed_work=policy != OpennessPolicy.OPEN,
        )


def _units(job: PlanningJob) -> Iterator[FloorUnit]:
    for unit in Unit.objects.filter(status=UnitStatus.AVAILABLE).order_by("code"):
        if not unit.can(job.asked.get(unit.unit_class, ())):
            continue
        yield FloorUnit(
            id=unit.id,
            label=unit.code,
            unit_class=unit.unit_class,
            place=unit.place_id,
            until=unit.calibration_due,
        )
