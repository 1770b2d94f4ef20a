"""Says what is wrong with a schedule, by reading the problem and not the solver."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import combinations
from uuid import UUID

from planning.problem import Booked, Floor, FloorPlace, JobStage, PlanningJob, Schedule, Span
from recipes.document import Need


def faults(job: PlanningJob, floor: Floor, answer: Schedule) -> list[str]:
    """Return a sentence for each rule that the answer breaks."""
    return [
        *_of_times(job, answer),
        *_of_resources(floor, answer),
        *_of_needs(job, floor, answer),
    ]


def _of_times(job: PlanningJob, answer: Schedule) -> Iterator[str]:
    at = {span.key: span for span in answer.stages}
    if [span.key for span in answer.stages] != [stage.key for stage in job.stages]:
        yield "stages are missing or out of order"
    for stage in job.stages:
        yield from _of_stage(job, stage, at)
        for link in stage.links:
            other = at[link.stage]
            origin = other.start if link.moment == "started_at" else other.end
            if at[stage.key].start - origin > link.most:
                yield f"{stage.key} is too far from {link.stage}"
    for before, stage in zip(job.stages, job.stages[1:], strict=False):
        gap = at[stage.key].start - at[before.key].end
        if gap < stage.lag or (stage.most_lag is not None and gap > stage.most_lag):
            yield f"the gap before {stage.key} is {gap}"


def _of_stage(job: PlanningJob, stage: JobStage, at: Mapping[str, Span]) -> Iterator[str]:
    span = at[stage.key]
    if stage.started is not None:
        if span.start != stage.started:
            yield f"{stage.key} has begun and was moved"
        return
    if span.start < job.earliest:
        yield f"{stage.key} begins before the job may"
    if span.end - span.start != stage.duration:
        yield f"{stage.key} has another length"
    if stage.latest is not None and span.start > stage.latest:
        yield f"{stage.key} begins too late"


def _of_resources(floor: Floor, answer: Schedule) -> Iterator[str]:
    units = {unit.id: unit for unit in floor.units}
    for one, other in combinations(answer.bookings, 2):
        if one.resource == other.resource and one.start < other.end and other.start < one.end:
            yield f"{one.label} is booked twice by the job"
    for booked in answer.bookings:
        for start, end in floor.taken.get(booked.resource, ()):
            if booked.start < end and start < booked.end:
                yield f"{booked.label} is taken"
        yield from _of_hours(floor, booked)
        unit = units.get(booked.resource)
        if unit and unit.until is not None and booked.end > unit.until:
            yield f"{booked.label} needs a calibration before the end"


def _of_hours(floor: Floor, booked: Booked) -> Iterator[str]:
    rooms = {place.id: place.room for place in floor.places}
    for start, end in floor.shut.get(rooms.get(booked.resource, booked.resource), ()):
        for span in booked.stages:
            if span.start < end and start < span.end:
                yield f"{booked.label} is shut during {span.key}"


def _of_needs(job: PlanningJob, floor: Floor, answer: Schedule) -> Iterator[str]:
    places = {place.id: place for place in floor.places}
    started = {stage.key for stage in job.stages if stage.started is not None}
    cleaning = {stage.key: stage.cleaning for stage in job.stages}
    at = {span.key: span for span in answer.stages}
    for need in job.needs:
        mine = [b for b in answer.bookings if _meets(b, need)]
        if need.first in started:
            continue
        if not mine:
            yield f"{need.class_} of {need.first} is not booked"
            continue
        for booked in mine:
            if (booked.start, booked.work_end) != (at[need.first].start, at[need.last].end):
                yield f"{booked.label} has other hours than its stages"
            if booked.end < booked.work_end or booked.end - booked.work_end < timedelta():
                yield f"{booked.label} ends before its work"
            later = [
                o for o in answer.bookings if o.resource == booked.resource and o is not booked
            ]
            if booked.end < booked.work_end + cleaning[need.last] and not any(
                o.start == booked.end for o in later
            ):
                yield f"{booked.label} is not cleaned"
        if need.resource == "place":
            yield from _of_room(need, mine, places)


def _meets(booked: Booked, need: Need) -> bool:
    name = (booked.kind, booked.purpose, booked.alias)
    return name == (need.resource, need.first, need.alias or "")


def _of_room(need: Need, mine: list[Booked], places: dict[UUID, FloorPlace]) -> Iterator[str]:
    rooms = {places[booked.resource].room for booked in mine}
    if len(rooms) != 1:
        yield f"{need.first} is in several rooms"
    [room] = list(rooms)[:1]
    all_places = {place.id for place in places.values() if place.room == room}
    one = places[mine[0].resource]
    if one.room_class != need.class_:
        yield f"{need.first} is in a room of class {one.room_class}"
    if need.open and not one.open_work:
        yield f"{need.first} is open work in a closed room"
    whole = need.open or not one.closed_work
    if whole and {booked.resource for booked in mine} != all_places:
        yield f"{need.first} does not have its room alone"
    if any(booked.exclusive != whole for booked in mine):
        yield f"{need.first} does not say whether it has its room alone"
