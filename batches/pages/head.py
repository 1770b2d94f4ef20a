"""The header of a tablet page: whose cells, which step, safe until when, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.utils.translation import gettext as _

from batches.enums import StepState
from batches.models import Operation
from batches.pages.seen import Seen, short
from batches.timing import limits_at
from recipes.document import Placed, Stage
from recipes.judging import ValueMissing
from recipes.kinds.timer import Step as Timer

# What fits above the number of the step.
LONGEST = 24


@dataclass(frozen=True, slots=True)
class Clock:
    """A time that runs: since when, and until when the cells are safe."""

    since: datetime
    until: datetime


def safe_until(seen: Seen) -> Clock | None:
    """Return the clock that ends first: of a timer ahead, or of a stage that must begin."""
    if seen.due is None:
        return None
    return min(
        [*_timers(seen), *_stages(seen), *_steps(seen)], key=lambda one: one.until, default=None
    )


def _timers(seen: Seen) -> Iterator[Clock]:
    for placed in seen.recipe.steps():
        if placed.step.kind == "timer" and not _over(seen, placed.path):
            clock = _of_timer(seen, placed)
            if clock is not None:
                yield clock


def _of_timer(seen: Seen, placed: Placed) -> Clock | None:
    timer = cast("Timer", placed.step)
    if timer.max is None:
        return None
    from_here = next((row.due_since for row in seen.all_due if row.path == placed.path), None)
    since = _closed_at(seen, placed.path, timer.from_) if timer.from_ else from_here
    return _clock(seen, since, timer.max)


def _steps(seen: Seen) -> Iterator[Clock]:
    """Yield the limits of time of the steps that are due or come next in their operation."""
    ahead = {row.operation for row in seen.all_due}
    for row in seen.steps:
        if row.operation not in ahead or row.state not in StepState.open:
            continue
        limits = seen.step_of(row).within
        if limits:
            facts = seen.timing_of(row)
            for limit in limits_at(seen.times, limits, facts, values=row.values):
                if limit.max is not None:
                    yield Clock(limit.since, limit.since + limit.max)


def _over(seen: Seen, path: str) -> bool:
    """Whether a step was done or skipped, in the last of its times."""
    rows = [row for row in seen.steps if row.path == path]
    return bool(rows) and rows[-1].state in {StepState.CLOSED, StepState.SKIPPED}


def _closed_at(seen: Seen, path: str, name: str) -> datetime | None:
    meant = seen.recipe.meaning(name, at=path)
    return seen.timing.closed.get(meant.path) if meant else None


def _stages(seen: Seen) -> Iterator[Clock]:
    for placed in seen.recipe.steps():
        first = placed.stage.operations[0]
        begins = placed.path == f"{placed.stage.key}/{first.key}/{first.steps[0].key}"
        if begins and not seen.begun(placed.stage.key):
            yield from _of_stage(seen, placed, placed.stage)


def _of_stage(seen: Seen, placed: Placed, stage: Stage) -> Iterator[Clock]:
    for limit in stage.within:
        since = seen.moments.get(limit.from_) or _closed_at(seen, placed.path, limit.from_)
        clock = _clock(seen, since, limit.max)
        if clock is not None:
            yield clock


def _clock(seen: Seen, since: datetime | None, span: timedelta | str) -> Clock | None:
    if since is None:
        return None
    try:
        return Clock(since, since + seen.timing.span(span))
    except ValueMissing:  # a parameter that the document lacks; the compiler refuses such a one
        return None


def head_of(seen: Seen) -> dict[str, Any]:
    """Return the context of ``tablet_header.html``."""
    batch, due, operation = seen.batch, seen.due, seen.operation
    head: dict[str, Any] = {
        "mark": batch.mark,
        "coi": batch.coi,
        # What is last gives way on a narrow screen: better the product than the place.
        "product": seen.place or batch.recipe,
        "batch": batch.number,
        "place": batch.recipe if seen.place else "",
    }
    if due is not None and operation is not None:
        head |= _progress(seen, operation) | {"people": people(seen, operation)}
    clock = safe_until(seen)
    if clock is not None:
        missed = seen.url("call") if clock.until <= seen.now else ""
        head |= {"safe_until": clock.until, "safe_from": clock.since, "safe_url": missed}
    return head


def _progress(seen: Seen, operation: Operation) -> dict[str, Any]:
    definition = seen.recipe.operation(operation.path)
    keys = [step.key for step in definition.steps] if definition else []
    due = seen.due
    key = due.path.rpartition("/")[2] if due else ""
    title = seen.title_of(operation.path)
    named = _("Operation %(n)s · %(title)s") % {"n": operation.number, "title": title}
    return {
        "operation": named if len(named) <= LONGEST else title,
        "step": due.position if due else seen.batch.position,
        "steps": seen.batch.steps,
        "tick": keys.index(key) + 1 if key in keys else 1,
        "ticks": len(keys),
    }


def people(seen: Seen, operation: Operation) -> list[dict[str, Any]]:
    """Return who performs and who records; one line when it is one person."""
    me = seen.actor
    if operation.performer is None:
        return [{"letter": "A", "name": _("Nobody yet"), "does": _("performs")}]
    performer = {"letter": "A", "name": short(operation.performer_name), "does": _("performs")}
    if operation.performer == me.person:
        return [{**performer, "does": _("performs, records"), "here": True}]
    recorder = {"letter": "B", "name": short(me.name), "does": _("records"), "here": True}
    return [performer, recorder]
