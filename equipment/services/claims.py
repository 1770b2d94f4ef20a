"""Claims inside a running act: what other apps' acts call, their streams locked.

Every function takes the act ``a``; the place or unit of each claim must be among its locked
streams (``selectors.claims_of(batch, stage=…)`` names them before). What they append stands
on the stream of the place or unit.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from equipment import rules, selectors
from equipment.entries import (
    ClaimConflicted,
    ClaimExtended,
    ClaimMoved,
    ClaimOccupied,
    ClaimPlanned,
    ClaimReleased,
    ClaimWithdrawn,
    StageSpan,
)
from equipment.enums import ClaimState, ResourceKind
from equipment.exceptions import EmptyHours, TakenBy
from equipment.models import Claim
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from records.act import Act

CLAIM_ENDS = "claim.ends"
CLAIM_CONFLICTED = "claim.conflicted"

# A range that ends where it begins is empty; the shortest one has the clock's resolution.
SHORTEST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a claim: its kind (``batch``), id, number and patient mark."""

    id: UUID
    label: str
    mark: str = ""
    kind: str = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What is to be claimed: [start, end) with cleaning from ``work_end`` on.

    ``purpose`` is the first stage's key; ``stages`` has the hours of each stage covered.
    ``exclusive`` bookings of a place come with one for each other place of the room.
    """

    kind: ResourceKind
    resource: UUID
    holder: Holder
    purpose: str
    start: datetime
    end: datetime
    work_end: datetime | None = None
    stages: tuple[StageSpan, ...] = ()
    alias: str = ""
    exclusive: bool = False
    plan: UUID | None = None
    instead_of: UUID | None = None


def plan(a: Act, bookings: Sequence[Booking]) -> list[UUID]:
    """Claim all of ``bookings`` or none; return the claims' ids.

    Appends ``claim.planned`` to each place and unit. Raises EmptyHours, TakenBy,
    RoomNotForOpenWork, RoomNotExclusive, RoomInOpenUse; PlaceTaken when the act ends.
    """
    _refuse_taken(bookings)
    labels = selectors.labels([booking.resource for booking in bookings])
    ids = [_plan_one(a, booking, label=labels[booking.resource]) for booking in bookings]
    if any(booking.kind == ResourceKind.PLACE for booking in bookings):
        rules.check_segregation(selectors.claims_by_id(ids))
    return ids


def _refuse_taken(bookings: Sequence[Booking]) -> None:
    """Refuse before anything is written: of many who want one place, all but one end here."""
    there = Claim.objects.on([b.resource for b in bookings]).exclusive_hours()
    for claim in there:
        for booking in bookings:
            if booking.resource == claim.stream and _meet(booking, claim):
                raise TakenBy(resource=claim.resource_label, holder=claim.holder_label)


def _meet(booking: Booking, claim: Claim) -> bool:
    return booking.start < claim.end and claim.start < booking.end


def _plan_one(a: Act, booking: Booking, *, label: str) -> UUID:
    if booking.end <= booking.start:
        raise EmptyHours()
    claim, b = uuid7(), booking
    work_end = b.work_end or b.end
    stages = b.stages or (StageSpan(key=b.purpose, start=b.start, end=work_end),)
    said = ClaimPlanned(
        claim=claim, resource_kind=b.kind, resource_label=label, holder_kind=b.holder.kind,
        holder=b.holder.id, holder_label=b.holder.label, holder_mark=b.holder.mark,
        purpose=b.purpose, stages=stages, alias=b.alias, exclusive=b.exclusive, start=b.start,
        work_end=work_end, end=b.end, plan=b.plan, instead_of=b.instead_of,
    )  # fmt: skip
    a.append(b.resource, said)
    return claim


def shift(a: Act, claims: Collection[UUID], *, by: timedelta) -> None:
    """Move waiting claims in time on their own places; appends ``claim.moved``.

    Raises ClaimEnded for one that has begun or ended, TakenBy and the rooms' refusals.
    """
    for claim in selectors.claims_by_id(claims):
        _refuse_unless_waiting(claim)
        stages = tuple(
            StageSpan(key=s.key, start=s.start + by, end=s.end + by) for s in _stages(claim)
        )
        said = ClaimMoved(
            claim=claim.id, stages=stages, start=claim.start + by,
            work_end=claim.work_end + by, end=claim.end + by,
        )  # fmt: skip
        a.append(claim.stream, said)
    moved = selectors.claims_by_id(claims)
    rules.check_no_overlap([claim.stream for claim in moved])
    rules.check_segregation(moved)


def withdraw(a: Act, claims: Collection[UUID], *, reason: str) -> None:
    """Give back claims that have not begun; appends ``claim.withdrawn``. Raises ClaimEnded."""
    for claim in selectors.claims_by_id(claims):
        _refuse_unless_waiting(claim)
        a.append(claim.stream, ClaimWithdrawn(claim=claim.id, reason=reason))


def occupy(a: Act, claims: Collection[UUID]) -> None:
    """Begin claims now; those that have begun already are left as they are.

    Appends ``claim.occupied``; claims behind that a late start runs into become in conflict.
    Raises ClaimEnded, OccupiedByAnother, NotCleared, TakenBy, ClaimInConflict, PlaceTaken.
    """
    for claim in selectors.claims_by_id(claims):
        if claim.state != ClaimState.OCCUPIED:
            _occupy_one(a, claim)


def _occupy_one(a: Act, claim: Claim) -> None:
    end = claim.end if a.now < claim.end else a.now + (claim.end - claim.start)
    rules.check_may_occupy(claim, at=a.now, until=end)
    said = ClaimOccupied(
        claim=claim.id, start=a.now, work_end=end - (claim.end - claim.work_end), end=end
    )
    _conflict_behind(a, claim, start=max(claim.end, a.now), end=end)
    a.append(claim.stream, said)
    _watch(a, claim, until=end)


def _watch(a: Act, claim: Claim, *, until: datetime) -> None:
    """Have somebody look when the claim should be over: only clearance ends it."""
    message = {"claim": str(claim.id), "resource": str(claim.stream)}
    a.enqueue(CLAIM_ENDS, message, not_before=until)


def take(a: Act, bookings: Sequence[Booking]) -> list[UUID]:
    """Occupy places and units now without a plan: after a concession, or off a failed unit.

    Planned claims that are in the way become in conflict. Raises OccupiedByAnother (absolute),
    NotCleared and the rooms' refusals; appends ``claim.planned`` and ``claim.occupied``.
    """
    for booking in bookings:
        _make_way(a, booking)
    claims = plan(a, bookings)
    occupy(a, claims)
    return claims


def _make_way(a: Act, booking: Booking) -> None:
    here = Claim.objects.on([booking.resource]).exclusive_hours()
    for claim in here.overlapping(a.now, booking.end):
        if claim.state == ClaimState.OCCUPIED:
            rules.check_claimed(booking.resource, holder=booking.holder.id, at=a.now)
        else:
            _conflict(a, claim, because_of=booking.holder.id)


def extend(a: Act, claims: Collection[UUID], *, until: datetime) -> None:
    """Hold occupied claims until ``until`` at least, cleaning included.

    Appends ``claim.extended``; claims behind that it runs into become in conflict.
    Raises ClaimEnded for a claim that is not occupied.
    """
    for claim in selectors.claims_by_id(claims):
        if claim.state != ClaimState.OCCUPIED:
            raise rules.ended(claim)
        if until > claim.end:
            _extend_one(a, claim, until=until)


def _extend_one(a: Act, claim: Claim, *, until: datetime) -> None:
    cleaning = claim.end - claim.work_end
    _conflict_behind(a, claim, start=claim.end, end=until)
    said = ClaimExtended(claim=claim.id, start=claim.start, work_end=until - cleaning, end=until)
    a.append(claim.stream, said)
    _watch(a, claim, until=until)


def release(a: Act, claims: Collection[UUID], *, cleaned: bool = True) -> None:
    """End occupied claims by clearance; released ones are left as they are.

    ``cleaned`` False leaves a unit to be cleaned before its next use. A release after the
    planned end puts the claims that it ran into in conflict. Appends ``claim.released``.
    Raises ClaimEnded for a claim that has not begun.
    """
    for claim in selectors.claims_by_id(claims):
        if claim.state == ClaimState.OCCUPIED:
            _release_one(a, claim, cleaned=cleaned)
        elif claim.state != ClaimState.RELEASED:
            raise rules.ended(claim)


def _release_one(a: Act, claim: Claim, *, cleaned: bool) -> None:
    end = max(a.now, claim.start + SHORTEST)
    if end > claim.end:
        _conflict_behind(a, claim, start=claim.end, end=end)
    said = ClaimReleased(claim=claim.id, start=claim.start, end=end, cleaned=cleaned)
    a.append(claim.stream, said)


def _conflict_behind(a: Act, claim: Claim, *, start: datetime, end: datetime) -> None:
    """Deal with the claims that ``claim`` runs into in [start, end).

    Another batch's become in conflict; the same batch's next stage simply begins later.
    """
    if start >= end:
        return
    for other in selectors.others_there(claim, start=start, end=end):
        if other.holder == claim.holder:
            _begin_later(a, other, start=end)
        else:
            _conflict(a, other, because_of=claim.holder)


def _begin_later(a: Act, claim: Claim, *, start: datetime) -> None:
    by = start - claim.start
    end = claim.end if start < claim.work_end else claim.end + by
    work_end = claim.work_end if start < claim.work_end else claim.work_end + by
    _conflict_behind(a, claim, start=claim.end, end=end)
    said = ClaimMoved(
        claim=claim.id, stages=_stages(claim), start=start, work_end=work_end, end=end
    )
    a.append(claim.stream, said)


def _conflict(a: Act, claim: Claim, *, because_of: UUID) -> None:
    a.append(claim.stream, ClaimConflicted(claim=claim.id, because_of=because_of))
    a.enqueue(CLAIM_CONFLICTED, _conflicted(claim))


def _conflicted(claim: Claim) -> dict[str, JSON]:
    return {"claim": str(claim.id), "resource": str(claim.stream), "holder": str(claim.holder)}


def _refuse_unless_waiting(claim: Claim) -> None:
    if claim.state not in ClaimState.waiting:
        raise rules.ended(claim)


def _stages(claim: Claim) -> tuple[StageSpan, ...]:
    return tuple(StageSpan.model_validate(stage) for stage in claim.stages)
