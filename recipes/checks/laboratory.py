"""Samples and the hours of the laboratory that tests them."""

from collections.abc import Iterator
from datetime import timedelta

from recipes import together
from recipes.elapsed import elapsed_of
from recipes.faults import Fault, check, lacks
from recipes.messages import Weight
from recipes.outline import Outline
from recipes.parts import duration_text
from recipes.places import StagePlace, StepPlace
from recipes.site import DAY, Site, Window
from recipes.spans import Case, span_of


@check("sample.laboratory_closed")
def samples_reach_the_laboratory(outline: Outline) -> Iterator[Fault]:
    """A sample is tested within its hold time: not only at night, when the laboratory is closed."""
    site = outline.site
    if site is None or site.laboratory is None:
        return
    for place in outline.steps:
        hold, stage = span_of(outline, getattr(place.step, "hold", None)), place.operation.stage
        if hold is None or stage is None or place.step.kind != "sample":
            continue
        taken = whole_minutes(expected_until(outline, place))
        waits = [
            site.laboratory.wait((start + taken) % DAY) for start in _starts(outline, site, stage)
        ]
        most = hold.total_seconds() / 60
        path, hours, span = (*place.path, "hold"), str(site.laboratory), duration_text(hold)
        if waits and min(waits) > most:
            yield lacks(path, "sample.laboratory_shut", hours=hours, hold=span)
        elif waits and max(waits) > most:
            yield lacks(
                path, "sample.laboratory_often_shut", severity=Weight.WARNING, hours=hours,
                hold=span,
            )  # fmt: skip


def whole_minutes(time: timedelta) -> int:
    """Return whole minutes."""
    return int(time.total_seconds() // 60)


def expected_until(outline: Outline, place: StepPlace) -> timedelta:
    """Return when a step comes in its stage as a rule: by its own times, else by its share."""
    stage = place.operation.stage
    assert stage is not None  # noqa: S101 - contingencies are not asked for
    own = [
        step.number
        for operation in outline.operations_of(stage)
        for step in outline.steps_of(operation)
    ]
    share = own.index(place.number) / len(own)
    return max(elapsed_of(outline, Case.RULE).head(place), stage.stage.duration.expected * share)


def _starts(outline: Outline, site: Site, place: StagePlace) -> Iterator[int]:
    """Yield the minutes of the day, by quarters, at which a stage may begin."""
    zone = together.zone(outline, place)
    rooms = site.rooms_of(zone.stage.room.class_) if zone and zone.stage.room else []
    hours = [room.hours for room in rooms if room.hours is not None]
    least = whole_minutes(place.stage.duration.low)
    staffed = list(site.staffed()) if place.stage.staff else []
    for minute in range(0, DAY, 15):
        open_ = len(hours) < len(rooms) or not rooms or _fits(hours, minute, least)
        if open_ and (not staffed or _fits(staffed, minute, least)):
            yield minute


def _fits(windows: list[Window], minute: int, least: int) -> bool:
    return any(
        one.whole or (one.covers(minute) and (minute - one.start) % DAY + least <= one.minutes)
        for one in windows
    )
