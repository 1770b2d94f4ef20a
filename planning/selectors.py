"""Reads for the planner: open plans, batches that wait for one."""

from dataclasses import dataclass
from uuid import UUID

from batches.enums import StageState
from batches.models import Batch, Stage
from equipment.enums import ClaimState, UnitStatus
from equipment.models import Claim, Unit
from planning.enums import PlanState
from planning.models import Plan
from records.models import Stream
from records.reading import the_one


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that needs a plan, and why: it has none, a booking is in conflict, or a unit
    that is booked for it went out of service."""

    batch: Batch
    conflict: bool
    unit: str


def plan_of(plan: UUID) -> Plan:
    """Return a plan of this site. Raises NotFound."""
    return the_one(Plan.objects.filter(id=plan))


def open_plans() -> list[Plan]:
    """Return the plans that wait for the solver or the planner, the oldest first."""
    return list(Plan.objects.open().order_by("number"))


def seq_of(plan: UUID) -> int:
    """Return how many entries a plan has: what a page is based on. 0 for an unknown one."""
    return Stream.objects.filter(id=plan).values_list("seq", flat=True).first() or 0


def shown_plan(plans: list[Plan], wanted: str) -> Plan | None:
    """Return the plan that a page asks for by its number, else the first proposal."""
    by_number = {str(plan.number): plan for plan in plans}
    proposals = (plan for plan in plans if plan.state == PlanState.PROPOSED)
    return by_number.get(wanted) or next(proposals, None)


def waiting() -> list[Waiting]:
    """Return executing batches without a good booking for what is to come, trouble first.

    A batch with an open plan does not wait. Five queries whatever the number of batches.
    """
    asked = set(Plan.objects.open().values_list("batch", flat=True))
    held = set(Claim.objects.live().values_list("holder", "state").distinct())
    claimed = {holder for holder, state in held if state != ClaimState.IN_CONFLICT}
    conflicts = {holder for holder, state in held if state == ClaimState.IN_CONFLICT}
    to_come = set(
        Stage.objects.filter(state=StageState.WAITING).values_list("stream", flat=True).distinct()
    )
    units = _units_out_of_service()
    found = [
        Waiting(batch, batch.id in conflicts, units.get(batch.id, ""))
        for batch in Batch.objects.executing().filter(id__in=to_come - asked)
        if batch.id in conflicts or batch.id in units or batch.id not in claimed
    ]
    return sorted(found, key=lambda w: (not (w.conflict or w.unit), w.batch.number))


def _units_out_of_service() -> dict[UUID, str]:
    """Return for each batch a unit that is booked for it and cannot be used."""
    out = Unit.objects.exclude(status=UnitStatus.AVAILABLE).values("id")
    claims = Claim.objects.filter(stream__in=out, state=ClaimState.PLANNED)
    return dict(claims.values_list("holder", "resource_label"))
