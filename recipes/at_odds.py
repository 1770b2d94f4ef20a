"""Limits of time that can each be kept, and not all of them together. Pure.

A longest time is a way back: what it runs from is at most so long before. A circle of ways that
takes more than nothing cannot be closed, whatever is done. Only what comes for certain is looked
at; of what is repeated, its last time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from recipes import moments
from recipes.moments import COLLECTION, Limit, Moment, Place, StageMoment
from recipes.outline import Outline
from recipes.places import StagePlace, StepPlace
from recipes.plan import Plan
from recipes.spans import Case

# Of more limits than these nothing is said; nobody reads more contradictions than those.
MOST_LIMITS, MOST_SAID = 6_000, 20
# A limit, what passes at least before it, and the places of those with which it is at odds.
Odds = tuple[Limit, timedelta, list[str]]


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit, or (None) the longest that a stage may last, between two points of a plan."""

    limit: Limit | None
    at: str
    since: int
    until: int
    most: timedelta


def at_odds(outline: Outline, limits: Sequence[Limit]) -> Iterator[Odds]:
    """Yield limits that no course keeps together with others and with the longest stages.

    Of each circle the last limit is named.
    """
    usable = [one for one in limits if not one.others and _is_certain(outline, one)]
    if not usable or len(usable) > MOST_LIMITS:
        return
    asked = moments.asked(outline, Case.LEAST)
    plan = Plan(outline, Case.LEAST, asked, usable, each=True)
    bounds = [*_longest_stages(outline, plan), *(_bound(plan, one) for one in usable)]
    said = 0
    while said < MOST_SAID:
        pairs = [(one.since, one.until, int(one.most.total_seconds())) for one in bounds]
        circle, beyond = plan.ways.at_odds(pairs)
        if not circle:
            return
        last = bounds.pop(max(circle))
        said += 1
        if last.limit is not None:  # that a stage is too short is said there
            others = [bounds[one].at for one in sorted(circle)[:-1]]
            yield last.limit, last.most + timedelta(seconds=beyond), others


def _bound(plan: Plan, limit: Limit) -> Bound:
    place = limit.place
    at = place.name if isinstance(place, StepPlace) else place.stage.key
    return Bound(limit, at, _point(plan, limit.since), _point(plan, place), limit.most)


def _longest_stages(outline: Outline, plan: Plan) -> Iterator[Bound]:
    for place in outline.stages:
        if place.stage.when is None:
            room, most = plan.rooms[place.number][-1], place.stage.duration.high
            yield Bound(None, place.stage.key, room.begun, room.end, most)


def _is_certain(outline: Outline, limit: Limit) -> bool:
    """Tell whether both ends of a limit come for certain, the one before the other."""
    ends = all(_comes(outline, one) for one in (limit.since, limit.place))
    return ends and moments.is_before(outline, limit.since, limit.place)


def _comes(outline: Outline, one: Moment | Place) -> bool:
    if one == COLLECTION:
        return True
    if isinstance(one, StepPlace):
        stage, operation = one.operation.stage, one.operation.operation
        sure = one.step.condition is None and operation.when is None
        return sure and stage is not None and stage.stage.when is None
    return outline.stages[one.number].stage.when is None


def _point(plan: Plan, one: Moment | Place) -> int:
    """Return the point of a plan at which something is."""
    if one == COLLECTION:
        return plan.origin
    if isinstance(one, StageMoment):
        room = plan.rooms[one.number][-1]
        return room.end if one.ended else room.begun
    if isinstance(one, StagePlace):
        return plan.starts[one.number]
    line, step = plan.lines[one.operation.path][0], int(one.path[-1])
    return line.last.get(step, line.comes[step])
