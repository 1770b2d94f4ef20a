"""Acts on claims by themselves: book, move, swap, give back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from equipment import rules, selectors
from equipment.entries import StageSpan
from equipment.enums import ClaimState, OpennessPolicy, ResourceKind
from equipment.models import Claim, Place
from equipment.services import claims
from equipment.services.claims import Booking, Holder
from records.act import act, acting
from records.commands import Command, Reply
from records.reading import reading, the_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A waiting claim goes to ``to``, a place or unit of its kind, and begins at ``start``."""

    claim: UUID
    to: UUID
    start: datetime


@acting
def claim_resource(*, command: Command, booking: Booking) -> Reply:
    """Claim one place or unit; open work, or a room for open work, takes all its places.

    Appends ``claim.planned``. Raises TakenBy, PlaceTaken, EmptyHours and the rooms' refusals.
    """
    with reading(site=command.actor.site):
        bookings = _whole_room(booking)
    with act(command, streams=[b.resource for b in bookings]) as a:
        check_permission(a.actor, Permission.PLANNING_ACCEPT)
        ids = claims.plan(a, bookings)
        a.reply = {"claims": [str(claim) for claim in ids]}
    return a.reply


def _whole_room(booking: Booking) -> list[Booking]:
    if booking.kind != ResourceKind.PLACE:
        return [booking]
    place = the_one(Place.objects.select_related("room").filter(id=booking.resource))
    if not booking.exclusive and place.room.policy != OpennessPolicy.OPEN:
        return [booking]
    return [replace(booking, resource=other) for other in selectors.places_of_room(place.room_id)]


@acting
def withdraw_claims(*, command: Command, claims_: Collection[UUID], reason: str) -> Reply:
    """Give back claims that have not begun. Raises ClaimEnded, NotFound."""
    with act(command, streams=_resources(command, claims_)) as a:
        check_permission(a.actor, Permission.PLANNING_ACCEPT)
        claims.withdraw(a, claims_, reason=reason)
        a.reply = {"claims": [str(claim) for claim in claims_]}
    return a.reply


@acting
def move_claims(*, command: Command, moves: Sequence[Move]) -> Reply:
    """Move waiting claims, all or none: a chain, a swap, or one.

    On its own place a claim gets other hours; elsewhere it is withdrawn and made anew. The
    reply names the claims as they stand afterwards, in the order of ``moves``. Raises
    ClaimEnded, TakenBy, PlaceTaken and the rooms' refusals.
    """
    from_ = _resources(command, [move.claim for move in moves])
    with act(command, streams=[*from_, *(move.to for move in moves)]) as a:
        check_permission(a.actor, Permission.PLANNING_ACCEPT)
        found = {c.id: c for c in selectors.claims_by_id([move.claim for move in moves])}
        bookings = [_elsewhere(found[move.claim], move) for move in moves]
        claims.withdraw(a, list(found), reason="moved")
        ids = claims.plan(a, bookings)
        a.reply = {"claims": [str(claim) for claim in ids]}
    return a.reply


@acting
def swap_claims(*, command: Command, one: UUID, other: UUID) -> Reply:
    """Let two waiting claims change places (each keeps its own length and takes the other's
    start). Raises ClaimEnded, TakenBy, PlaceTaken and the rooms' refusals.
    """
    with act(command, streams=_resources(command, [one, other])) as a:
        check_permission(a.actor, Permission.PLANNING_ACCEPT)
        seen = {claim.id: claim for claim in selectors.claims_by_id([one, other])}
        moves = [_to(seen[one], seen[other]), _to(seen[other], seen[one])]
        claims.withdraw(a, [one, other], reason="swapped")
        ids = claims.plan(a, [_elsewhere(seen[move.claim], move) for move in moves])
        a.reply = {"claims": [str(claim) for claim in ids]}
    return a.reply


def _resources(command: Command, of: Collection[UUID]) -> list[UUID]:
    """Return what claims are on, to be locked; a claim never changes its place."""
    with reading(site=command.actor.site):
        return selectors.resources_of(of)


def _to(claim: Claim, there: Claim) -> Move:
    return Move(claim=claim.id, to=there.stream, start=there.start)


def _elsewhere(claim: Claim, move: Move) -> Booking:
    if claim.state not in ClaimState.waiting:
        raise rules.ended(claim)
    by = move.start - claim.start
    spans = [StageSpan.model_validate(stage) for stage in claim.stages]
    return Booking(
        kind=ResourceKind(claim.resource_kind),
        resource=move.to,
        holder=Holder(
            id=claim.holder, label=claim.holder_label, mark=claim.holder_mark,
            kind=claim.holder_kind,
        ),
        purpose=claim.purpose,
        start=move.start,
        end=claim.end + by,
        work_end=claim.work_end + by,
        stages=tuple(StageSpan(key=s.key, start=s.start + by, end=s.end + by) for s in spans),
        alias=claim.alias,
        exclusive=claim.exclusive,
        plan=claim.plan,
        instead_of=claim.id,
    )  # fmt: skip
