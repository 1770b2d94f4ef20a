"""Reads of rooms, places, units and claims."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from equipment.enums import ClaimState, WatchedKind
from equipment.models import Alarm, AlarmSetting, Claim, Place, Room, Unit
from equipment.models.alarm import AlarmQuerySet
from equipment.models.claim import ClaimQuerySet
from equipment.weekdays import WEEK, days_text
from mes.lib import wall
from mes.lib.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Window:
    """Free hours [start, end) of a place or unit."""

    start: datetime
    end: datetime


def claims_of(holder: UUID, *, stage: str | None = None) -> ClaimQuerySet:
    """Return a batch's live claims; with ``stage`` those that cover it.

    Their ``stream`` values are what an act of that stage must lock.
    """
    claims = Claim.objects.of(holder).live().order_by("stream")
    return claims.for_stage(stage) if stage else claims


def claims_on(resources: Collection[UUID]) -> ClaimQuerySet:
    """Return the live claims on places and units, in the order of their hours."""
    return Claim.objects.on(resources).live().order_by("during")


def claims_in_room(room: UUID, *, start: datetime, end: datetime) -> ClaimQuerySet:
    """Return the live claims on a room's places and the units there, within [start, end)."""
    return claims_on(resources_of_room(room)).overlapping(start, end)


def resources_of_room(room: UUID) -> list[UUID]:
    """Return the ids of a room's places and of the units that stand there."""
    places = places_of_room(room)
    units = Unit.objects.filter(place__in=places).values_list("id", flat=True)
    return [*places, *units]


def places_of_room(room: UUID) -> list[UUID]:
    """Return the ids of a room's places, by number."""
    places = Place.objects.filter(room=room).order_by("number")
    return list(places.values_list("id", flat=True))


def claims_by_id(claims: Collection[UUID]) -> list[Claim]:
    """Return claims by their ids, in the order of what they claim. Raises NotFound."""
    found = list(Claim.objects.filter(id__in=claims).order_by("stream", "during"))
    if len(found) != len(set(claims)):
        raise NotFound()
    return found


def resources_of(claims: Collection[UUID]) -> list[UUID]:
    """Return what claims are on. A claim never changes its place, so no lock is needed."""
    return [claim.stream for claim in claims_by_id(claims)]


def others_there(claim: Claim, *, start: datetime, end: datetime) -> list[Claim]:
    """Return other planned or occupied claims on the same place or unit in [start, end)."""
    others = Claim.objects.on([claim.stream]).exclusive_hours().exclude(id=claim.id)
    return list(others.overlapping(start, end).order_by("during"))


def occupied_there(resource: UUID) -> Claim | None:
    """Return the claim that occupies a place or unit, if one does."""
    return Claim.objects.on([resource]).occupied().first()


def first_overlap(resources: Collection[UUID]) -> tuple[Claim, Claim] | None:
    """Return two planned or occupied claims on one of ``resources`` that share hours."""
    claims = Claim.objects.on(resources).exclusive_hours().order_by("stream", "during")
    previous: Claim | None = None
    for claim in claims:
        if previous and previous.stream == claim.stream and claim.start < previous.end:
            return previous, claim
        previous = claim
    return None


def free_windows(resource: UUID, *, start: datetime, end: datetime) -> list[Window]:
    """Return the hours within [start, end) in which a place or unit is not claimed."""
    claims = Claim.objects.on([resource]).exclusive_hours().overlapping(start, end)
    return gaps([(c.start, c.end) for c in claims.order_by("during")], start=start, end=end)


def gaps(
    taken: Sequence[tuple[datetime, datetime]], *, start: datetime, end: datetime
) -> list[Window]:
    """Return what ``taken`` (sorted by start) leaves of [start, end)."""
    free, at = [], start
    for begins, ends in taken:
        if begins > at:
            free.append(Window(at, begins))
        at = max(at, ends)
    if at < end:
        free.append(Window(at, end))
    return free


def shut(room: Room, *, start: datetime, end: datetime, zone: str) -> Iterator[Window]:
    """Yield the hours that touch [start, end) in which a room is not worked in, by its wall."""
    if room.always_open:
        return
    # A room opens once a week at least, so what lies beyond these days touches nothing.
    first, last = (at.astimezone(ZoneInfo(zone)).date() for at in (start, end))
    first, last = first - timedelta(days=len(WEEK) + 1), last + timedelta(days=len(WEEK) + 1)
    opened = list(_opened(room, first, last, zone))
    for window in gaps(opened, start=opened[0][0], end=opened[-1][1]):
        if window.start < end and start < window.end:
            yield window


def _opened(room: Room, first: date, last: date, zone: str) -> Iterator[tuple[datetime, datetime]]:
    opens, closes = room.hours or (time(), time())
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.isoweekday() in (room.days or WEEK):
            yield wall.span_of(day, opens, closes, zone)


def room_hours(room: Room) -> str:
    """Return when a room may be worked in, in words."""
    if room.hours is None:
        return days_text(room.days) if room.days else _("at any hour")
    opens, closes = room.hours
    said = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
    if room.days:
        return f"{days_text(room.days)} {said['opens']}–{said['closes']}"
    return _("daily %(opens)s–%(closes)s") % said


def label_of_place(place: Place) -> str:
    """Return how people call a place: ``Hall 2, P3``."""
    return place.label


def labels(resources: Collection[UUID]) -> dict[UUID, str]:
    """Return how people call each place and unit."""
    places = Place.objects.filter(id__in=resources).select_related("room")
    units = Unit.objects.filter(id__in=resources)
    return {p.id: label_of_place(p) for p in places} | {u.id: u.code for u in units}


def unit_by_barcode(barcode: str) -> Unit | None:
    """Return the unit whose barcode (or code) was scanned."""
    return Unit.objects.filter(Q(barcode=barcode) | Q(code=barcode)).first()


def place_by_barcode(barcode: str) -> Place | None:
    """Return the place whose barcode was scanned."""
    return Place.objects.filter(barcode=barcode).select_related("room").first()


def rooms() -> list[Room]:
    """Return the site's rooms with their places, each a fixed number of queries."""
    return list(Room.objects.order_by("code").prefetch_related("places"))


def watched(resource: UUID) -> Unit | Room:
    """Return the unit or room that has a stream. Raises NotFound for anything else."""
    found = Unit.objects.filter(id=resource).first() or Room.objects.filter(id=resource).first()
    if found is None:
        raise NotFound()
    return found


def kind_of(thing: Unit | Room) -> WatchedKind:
    """Return what an alarm of it is of."""
    return WatchedKind.UNIT if isinstance(thing, Unit) else WatchedKind.ROOM


def settings_in_force(resource: UUID) -> list[AlarmSetting]:
    """Return what is watched of a unit or room by now."""
    rows = AlarmSetting.objects.filter(stream=resource, superseded_at__isnull=True)
    return list(rows.order_by("watched"))


def alarms_around(resources: Collection[UUID] | QuerySet[Claim, UUID]) -> AlarmQuerySet:
    """Return the alarms of places and units, and of the rooms that these stand in; newest first."""
    places = Place.objects.filter(Q(id__in=resources) | Q(units__in=resources))
    return Alarm.objects.filter(
        Q(stream__in=resources) | Q(stream__in=places.values("room"))
    ).order_by("-began_at", "-id")


def alarms_at(place: UUID) -> AlarmQuerySet:
    """Return the alarms of what stands at a place, and of its room; newest first."""
    units = Unit.objects.filter(place=place).values_list("id", flat=True)
    return alarms_around([place, *units])


def alarms_of_site(
    *, label: str = "", state: str = "", critical: bool | None = None,
    since: datetime | None = None, until: datetime | None = None,
) -> AlarmQuerySet:  # fmt: skip
    """Return the site's alarms, newest first: all that stood at a time of [since, until).

    ``label`` is a part of the name of a unit or room, or of an alarm's number; ``state`` one of
    the states, or ``open`` for those that are not over.
    """
    rows = Alarm.objects.order_by("-began_at", "-id")
    rows = rows.open() if state == "open" else rows.in_state(state) if state else rows
    if label:
        rows = rows.filter(Q(resource_label__icontains=label) | Q(number__icontains=label))
    if critical is not None:
        rows = rows.filter(critical=critical)
    if since:
        rows = rows.filter(Q(cleared_at__isnull=True) | Q(cleared_at__gt=since))
    return rows.filter(began_at__lt=until) if until else rows


def alarms_met(holders: Collection[UUID]) -> dict[UUID, list[Alarm]]:
    """Return by batch the alarms of what it held, or in whose room, while a value was outside.

    What another batch held, and what was held before or after, does not meet it.
    """
    claims = Claim.objects.filter(holder__in=holders, state__in=ClaimState.used)
    alarms = list(alarms_around(claims.values_list("stream", flat=True)))
    found: dict[UUID, list[Alarm]] = defaultdict(list)
    if not alarms:
        return found
    rooms = _rooms_of([claim.stream for claim in claims])
    for claim in claims:
        for alarm in alarms:
            there = alarm.stream in (claim.stream, rooms.get(claim.stream))
            if there and _meets(alarm, claim) and alarm not in found[claim.holder]:
                found[claim.holder].append(alarm)
    return found


def _rooms_of(resources: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Return the room of each place and unit; a movable unit has none."""
    places = Place.objects.filter(id__in=resources).values_list("id", "room")
    units = Unit.objects.filter(id__in=resources).values_list("id", "place__room")
    return {**dict(places), **dict(units)}


def _meets(alarm: Alarm, claim: Claim) -> bool:
    """An occupied claim goes on until its clearance, whatever was planned."""
    begun = alarm.cleared_at is None or claim.start < alarm.cleared_at
    return begun and (claim.state == ClaimState.OCCUPIED or claim.end > alarm.began_at)


def claims_met(alarm: Alarm) -> list[Claim]:
    """Return the claims of batches that an alarm meets so far, in the order of their beginning."""
    on_room = alarm.resource_kind == WatchedKind.ROOM
    resources = resources_of_room(alarm.stream) if on_room else [alarm.stream]
    outside = DateTimeTZRange(alarm.began_at, alarm.cleared_at)
    claims = Claim.objects.on(resources).filter(
        Q(state=ClaimState.OCCUPIED) | Q(state=ClaimState.RELEASED, during__overlap=outside),
        holder_kind="batch",
    )
    return [claim for claim in claims.order_by("during") if _meets(alarm, claim)]
