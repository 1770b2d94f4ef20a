"""The times that run for a batch: since when, and until when its cells are safe.

A timer ahead, a stage that must begin, a step that has its limit, and the clock of each container:
it goes along with what is poured, so that a bag may be more urgent than the step that is due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from batches.enums import StepState
from batches.pages.seen import Seen
from batches.timing import CLOCK, limits_at
from materials.selectors import RunningClock, clocks_running
from recipes.document import Placed, Stage
from recipes.judging import ValueMissing
from recipes.kinds.timer import Step as Timer
from recipes.parts import Span, TimeLimit


@dataclass(frozen=True, slots=True)
class Clock:
    """A time that runs: since when, and until when the cells are safe. ``of`` is the container."""

    since: datetime
    until: datetime
    of: str = ""


def safe_until(seen: Seen) -> Clock | None:
    """Return the clock that ends first."""
    return next(iter(running(seen)), None)


def running(seen: Seen) -> list[Clock]:
    """Return the clocks that run, the most urgent first.

    Of what the recipe limits by itself the one that ends first; of each container its own.
    """
    if seen.due is None:
        return []
    limits = _limits_of_clocks(seen)
    rows = clocks_running(seen.batch.coi, seen.batch.id) if limits else []
    containers = _containers(seen, rows, limits)
    planned = [*_timers(seen), *_stages(seen), *_steps(seen, {row.name for row in rows})]
    first = sorted(planned, key=lambda one: one.until)[:1]
    return sorted([*first, *containers], key=lambda one: one.until)


def _limits_of_clocks(seen: Seen) -> dict[str, list[Span]]:
    """Return the clocks that steps and stages ahead are held to, each with its longest times."""
    found: dict[str, list[Span]] = {}
    for limit in _ahead(seen):
        name = _clock_named(limit.from_)
        if name and limit.max is not None:
            found.setdefault(name, []).append(limit.max)
    return found


def _clock_named(moment: str) -> str:
    """Return the container's clock that a limit of time counts from; empty for other moments."""
    first, _dot, name = moment.replace("/", ".").partition(".")
    return name if first == CLOCK else ""


def _ahead(seen: Seen) -> Iterator[TimeLimit]:
    for row in seen.steps:
        if row.state in StepState.open:
            yield from seen.step_of(row).within
    for stage in seen.recipe.stages:
        if not seen.begun(stage.key):
            yield from stage.within


def _containers(seen: Seen, rows: list[RunningClock], limits: dict[str, list[Span]]) -> list[Clock]:
    """Return the most urgent clock of each container that is here; those alike stand as one."""
    first: dict[str, Clock] = {}
    on_paper = {step.performed_at: step.paper_at for step in seen.steps if step.paper_at}
    for row in rows:
        label, since = row.label.rpartition("-")[2], on_paper.get(row.since, row.since)
        for span in limits.get(row.name, ()):
            clock = _clock(seen, since, span)
            if clock is not None and (label not in first or clock.until < first[label].until):
                first[label] = clock
    alike: dict[Clock, list[str]] = {}
    for label, clock in first.items():
        alike.setdefault(clock, []).append(label)
    return [Clock(one.since, one.until, _named(of)) for one, of in alike.items()]


def _named(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{labels[0]} +{len(labels) - 1}"


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


def _steps(seen: Seen, carried: set[str]) -> Iterator[Clock]:
    """Yield the limits of time of the steps that are due or come next in their operation.

    Without those of clocks that containers carry: they say by themselves since when.
    """
    ahead = {row.operation for row in seen.all_due}
    for row in seen.steps:
        if row.operation not in ahead or row.state not in StepState.open:
            continue
        limits = seen.step_of(row).within
        if limits:
            facts = seen.timing_of(row)
            for limit in limits_at(seen.times, limits, facts, values=row.values):
                if limit.max is not None and _clock_named(limit.name) not in carried:
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
        clock = _clock(seen, since, limit.max) if limit.max is not None else None
        if clock is not None:
            yield clock


def _clock(seen: Seen, since: datetime | None, span: Span) -> Clock | None:
    if since is None:
        return None
    try:
        return Clock(since, since + seen.timing.span(span))
    except ValueMissing:  # a parameter that the document lacks; the compiler refuses such a one
        return None
