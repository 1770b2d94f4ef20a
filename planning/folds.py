"""From the entries of plans and boards to their rows."""

from planning import entries
from planning.enums import PlanState
from planning.models import Plan, PlanBoard
from records.folding import Folded, change, create, fold


@fold(entries.BoardOpened)
def _(e: Folded[entries.BoardOpened]) -> None:
    create(PlanBoard, e, id=e.stream, version=0, plans=0)


@fold(entries.PlanNumbered)
def _(e: Folded[entries.PlanNumbered]) -> None:
    change(PlanBoard.objects.all(), e, plans=e.payload.number)


@fold(entries.BoardChanged)
def _(e: Folded[entries.BoardChanged]) -> None:
    change(PlanBoard.objects.all(), e, version=e.payload.becomes)


@fold(entries.PlanRequested)
def _(e: Folded[entries.PlanRequested]) -> None:
    p = e.payload
    create(
        Plan, e, id=e.stream, number=p.number, state=PlanState.REQUESTED, batch=p.batch,
        batch_label=p.batch_label, batch_mark=p.batch_mark, requested_by=e.actor,
        requested_by_name=e.actor_name, requested_at=e.at,
    )  # fmt: skip


@fold(entries.PlanProposed)
def _(e: Folded[entries.PlanProposed]) -> None:
    plain = e.payload.fields()
    change(
        Plan.objects.all(), e, state=PlanState.PROPOSED, base=e.payload.base, proposed_at=e.at,
        stages=plain["stages"], bookings=plain["bookings"], replaces=plain["replaces"],
        problem="", problem_params={},
    )  # fmt: skip


@fold(entries.PlanFailed)
def _(e: Folded[entries.PlanFailed]) -> None:
    p = e.payload
    change(
        Plan.objects.all(), e, state=PlanState.FAILED, base=p.base, proposed_at=e.at,
        problem=p.code, problem_params=p.params, stages=[], bookings=[], replaces=[],
    )  # fmt: skip


@fold(entries.PlanAccepted)
def _(e: Folded[entries.PlanAccepted]) -> None:
    change(Plan.objects.all(), e, state=PlanState.ACCEPTED, **_decided(e))


@fold(entries.PlanRejected)
def _(e: Folded[entries.PlanRejected]) -> None:
    change(Plan.objects.all(), e, state=PlanState.REJECTED, reason=e.payload.reason, **_decided(e))


@fold(entries.PlanSuperseded)
def _(e: Folded[entries.PlanSuperseded]) -> None:
    change(Plan.objects.all(), e, state=PlanState.SUPERSEDED, **_decided(e))


def _decided(e: Folded[entries.PlanAccepted] | Folded[entries.PlanRejected]
             | Folded[entries.PlanSuperseded]) -> dict[str, object]:  # fmt: skip
    return {"decided_by": e.actor, "decided_by_name": e.actor_name, "decided_at": e.at}
