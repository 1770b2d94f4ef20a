"""Interlocks of equipment. Each check raises the sentence that the person reads."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from equipment.enums import ClaimState, OpennessPolicy, UnitStatus
from equipment.exceptions import (
    ClaimEnded,
    ClaimInConflict,
    NotClaimed,
    NotCleared,
    OccupiedByAnother,
    RoomInOpenUse,
    RoomNotExclusive,
    RoomNotForOpenWork,
    TakenBy,
    UnitNotClean,
    UnitOutOfCalibration,
    UnitOutOfService,
    WrongClass,
)
from equipment.models import Claim, Place, Room, Unit
from equipment.selectors import first_overlap, label_of_place, labels, others_there
from mes.lib.refusals import Refusal


def check_unit_usable(
    unit: Unit, *, at: datetime, unit_class: str | None = None, batch: UUID | None = None
) -> None:
    """Check class, service, calibration and cleaning of a unit before it is used.

    Raises WrongClass, UnitOutOfService, UnitOutOfCalibration, UnitNotClean; all may be
    conceded by QA. A refusal is recorded on the unit and, if given, the batch.
    """
    for refusal in unit_refusals(unit, at=at, unit_class=unit_class, batch=batch):
        raise refusal


def unit_refusals(
    unit: Unit, *, at: datetime, unit_class: str | None = None, batch: UUID | None = None
) -> Iterator[Refusal]:
    """Yield every reason why a unit may not be used: each needs a concession of its own."""
    streams = [unit.id, batch] if batch else [unit.id]
    if unit_class is not None and unit.unit_class != unit_class:
        yield WrongClass(unit=unit.code, found=unit.unit_class, asked=unit_class, streams=streams)
    if unit.status == UnitStatus.OUT_OF_SERVICE:
        yield UnitOutOfService(unit=unit.code, streams=streams)
    if unit.calibration_due is not None and at >= unit.calibration_due:
        due = unit.calibration_due.isoformat()
        yield UnitOutOfCalibration(unit=unit.code, due=due, streams=streams)
    if not unit.is_clean or (unit.cleaning_due is not None and at >= unit.cleaning_due):
        yield UnitNotClean(unit=unit.code, streams=streams)


def check_claimed(resource: UUID, *, holder: UUID, at: datetime) -> Claim:
    """Return the holder's claim on a place or unit at ``at``, planned or occupied.

    An occupied claim counts until its clearance, whatever its planned end; a planned one also
    outside its hours, as long as nobody else has them. Raises OccupiedByAnother (absolute)
    while another batch is there, NotClaimed otherwise.
    """
    here = list(Claim.objects.on([resource]).exclusive_hours().order_by("during"))
    occupied = next((c for c in here if c.state == ClaimState.OCCUPIED), None)
    if occupied is not None and occupied.holder == holder:
        return occupied
    if occupied is not None:
        raise OccupiedByAnother(
            resource=occupied.resource_label,
            holder=occupied.holder_label,
            streams=[resource, holder],
        )
    now = next((c for c in here if c.start <= at < c.end), None)
    mine = [c for c in here if c.holder == holder]
    if not mine or (now is not None and now.holder != holder):
        label = labels([resource]).get(resource, "")
        raise NotClaimed(resource=label, streams=[resource, holder])
    return now or min(mine, key=lambda c: abs(c.start - at))


def check_may_occupy(claim: Claim, *, at: datetime, until: datetime) -> None:
    """Check that a claim may begin at ``at`` and hold until ``until``.

    Early is allowed where it meets no other claim. Raises ClaimEnded, OccupiedByAnother,
    NotCleared, TakenBy, ClaimInConflict.
    """
    if claim.state not in ClaimState.waiting:
        raise ended(claim)
    _check_nobody_there(claim)
    if claim.state == ClaimState.IN_CONFLICT:
        for other in others_there(claim, start=at, end=until):
            raise ClaimInConflict(resource=claim.resource_label, holder=other.holder_label)
    elif at < claim.start:
        for other in others_there(claim, start=at, end=claim.start):
            raise TakenBy(resource=claim.resource_label, holder=other.holder_label)


def _check_nobody_there(claim: Claim) -> None:
    there = Claim.objects.on([claim.stream]).occupied().first()
    if there is None:
        return
    if there.holder != claim.holder:
        raise OccupiedByAnother(
            resource=there.resource_label,
            holder=there.holder_label,
            streams=[claim.stream, claim.holder],
        )
    raise NotCleared(resource=there.resource_label, purpose=there.purpose)


def ended(claim: Claim) -> Refusal:
    """Return the refusal for a claim that is no longer what the caller thinks."""
    return ClaimEnded(resource=claim.resource_label, state=str(ClaimState(claim.state).label))


def check_no_overlap(resources: Collection[UUID]) -> None:
    """Raise TakenBy where two claims on one of ``resources`` share hours, naming the holder.

    The exclusion constraint says the same when the act ends; this one knows the name.
    """
    found = first_overlap(resources)
    if found:
        there_first = min(found, key=lambda claim: claim.entry_seq)
        raise TakenBy(resource=there_first.resource_label, holder=there_first.holder_label)


def check_segregation(booked: Sequence[Claim]) -> None:
    """Check the rooms of newly booked claims on places: open work has its room alone.

    Raises RoomNotForOpenWork, RoomNotExclusive, RoomInOpenUse.
    """
    on = [claim.stream for claim in booked]
    rooms = Place.objects.filter(id__in=on).values_list("room_id", flat=True).distinct()
    places = list(Place.objects.filter(room__in=rooms).select_related("room").order_by("number"))
    claims = list(Claim.objects.on([place.id for place in places]).exclusive_hours())
    for room in {place.room_id for place in places}:
        _check_room([place for place in places if place.room_id == room], claims, booked)


def _check_room(places: Sequence[Place], claims: Sequence[Claim], booked: Sequence[Claim]) -> None:
    here = {place.id for place in places}
    inside = [claim for claim in claims if claim.stream in here]
    new = {claim.id for claim in booked}
    for claim in inside:
        if claim.id in new:
            _check_room_alone(claim, places[0].room, inside)
            if _takes_room(claim, places[0].room):
                _check_all_places(claim, places, inside)


def _takes_room(claim: Claim, room: Room) -> bool:
    return claim.exclusive or room.policy == OpennessPolicy.OPEN


def _check_room_alone(claim: Claim, room: Room, inside: Sequence[Claim]) -> None:
    if claim.exclusive and room.policy == OpennessPolicy.CLOSED:
        raise RoomNotForOpenWork(room=room.name)
    for other in inside:
        alone = _takes_room(claim, room) or _takes_room(other, room)
        if alone and other.holder != claim.holder and _share_hours(claim, other):
            raise RoomInOpenUse(room=room.name, holder=other.holder_label)


def _check_all_places(claim: Claim, places: Sequence[Place], inside: Sequence[Claim]) -> None:
    mine = {c.stream for c in inside if c.holder == claim.holder and _covers(c, claim)}
    for place in places:
        if place.id not in mine:
            raise RoomNotExclusive(room=place.room.name, place=label_of_place(place))


def _share_hours(one: Claim, other: Claim) -> bool:
    return one.start < other.end and other.start < one.end


def _covers(one: Claim, other: Claim) -> bool:
    return one.start <= other.start and one.end >= other.end
