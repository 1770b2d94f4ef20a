"""Limits of time that can each be kept, and not all of them together. Pure.

A longest time is a way back: what it runs from is at most so long before. A circle of ways that
takes more than nothing cannot be closed, whatever is done. Only what comes for certain is looked
at; of what is repeated, its last time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from recipes import moments
from recipes.moments import COLLECTION, Limit, Moment, Place, StageMoment
from recipes.outline import Outline
from recipes.places import StagePlace, StepPlace
from recipes.plan import Plan
from recipes.spans import Case

# Of more limits than these nothing is said; nobody reads more contradictions than those.
MOST_LIMITS, MOST_SAID = 6_000, 20
# A limit, what passes at least before it, and those with which it is at odds.
Odds = tuple[Limit, timedelta, list[Limit]]


def at_odds(outline: Outline, limits: Sequence[Limit]) -> Iterator[Odds]:
    """Yield limits that no course keeps together with others, the last of each circle."""
    usable = [one for one in limits if not one.others and _is_certain(outline, one)]
    if not 2 <= len(usable) <= MOST_LIMITS:
        return
    asked = moments.asked(outline, Case.LEAST)
    plan = Plan(outline, Case.LEAST, asked, usable, each=True)
    bounds = [
        (_point(plan, one.since), _point(plan, one.place), int(one.most.total_seconds()))
        for one in usable
    ]
    for _turn in range(MOST_SAID):
        circle, beyond = plan.ways.at_odds(bounds)
        if not circle:
            return
        last = max(circle)
        least = usable[last].most + timedelta(seconds=beyond)
        yield usable[last], least, [usable[one] for one in sorted(circle) if one != last]
        usable.pop(last)
        bounds.pop(last)


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
