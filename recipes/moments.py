"""The moments that a recipe's limits of time run from, and the times that it asks for. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from recipes import formulas, paths
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.parts import TimeLimit
from recipes.places import StagePlace, StepPlace, field_of
from recipes.spans import Case, least_of, span_of

EDGES = frozenset({"started_at", "ended_at"})
# Nothing is said of a clock that more steps than these may have started last.
MOST_STARTERS = 16


@dataclass(frozen=True, slots=True)
class StageMoment:
    """The start or the end of a stage, by its number."""

    number: int
    ended: bool


# Where it all begins: as if a stage before the first had ended.
COLLECTION = StageMoment(-1, ended=True)
Moment = StepPlace | StageMoment
Place = StepPlace | StagePlace


@dataclass(frozen=True, slots=True)
class Asked:
    """At least ``least`` passes from a moment until a step is closed, or a stage begins."""

    since: Moment
    place: Place
    least: timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` may pass; ``path`` is where that stands.

    Where ``others`` start the same clock, it runs from any one of them.
    """

    path: Path
    since: Moment
    place: Place
    most: timedelta
    others: tuple[StepPlace, ...] = ()

    @property
    def sinces(self) -> tuple[Moment, ...]:
        """All moments that it may run from."""
        return (self.since, *self.others)


def moment(outline: Outline, name: str, place: Place) -> Moment | None:
    """Return what a limit at a place runs from, None for what there is not."""
    first, _dot, last = name.replace("/", ".").rpartition(".")
    if name.partition(".")[0] == "collection":
        return COLLECTION
    if isinstance(place, StepPlace):
        step = next(iter(outline.clock(name)), None) or outline.meant(name, place)
        if step is not None:
            return step
    number = outline.stage_numbers.get(first if last in EDGES else name)
    if number is not None:
        return StageMoment(number, ended=last != "started_at")
    if isinstance(place, StagePlace):
        return next(iter(outline.clock(name)), None) or outline.by_name.get(paths.normal(name))
    return None


def is_before(outline: Outline, since: Moment, place: Place) -> bool:
    """Tell whether a moment has been, or never will be, when a step is closed or a stage begins."""
    if isinstance(since, StepPlace):
        return _step_before(outline, since, place)
    stage = place if isinstance(place, StagePlace) else place.operation.stage
    if stage is None:
        return False
    inside = isinstance(place, StepPlace) and since == StageMoment(stage.number, ended=False)
    if since == COLLECTION or inside:
        return True
    return outline.stage_order.is_before(since.number, stage.number)


def _step_before(outline: Outline, since: StepPlace, place: Place) -> bool:
    first, own = since.operation.stage, since.operation
    if isinstance(place, StepPlace) and own.path == place.operation.path:
        return since.number < place.number
    second = place if isinstance(place, StagePlace) else place.operation.stage
    if first is None or second is None:
        return False
    if first.number != second.number:
        return outline.stage_order.is_before(first.number, second.number)
    if isinstance(place, StagePlace):
        return False
    order = outline.operation_order(first.number)
    return order.is_before(int(own.path[-1]), int(place.operation.path[-1]))


def limits_of_stages(outline: Outline) -> Iterator[Limit]:
    """Yield the longest times to a stage's start: from a moment, and from the stage before."""
    for stage in outline.stages:
        yield from _limits(outline, stage, stage.stage.within)
    for stage in outline.stages:
        yield from _lag(outline, stage)


def limits(outline: Outline) -> tuple[Limit, ...]:
    """Return the longest times that a recipe allows, those to the start of stages first."""
    if "limits" not in outline.shared:
        outline.shared["limits"] = tuple(_all_limits(outline))
    found: tuple[Limit, ...] = outline.shared["limits"]
    return found


def _all_limits(outline: Outline) -> Iterator[Limit]:
    yield from limits_of_stages(outline)
    for place in outline.all_steps:
        step, begin = place.step, field_of(place.step, "from_")
        most = span_of(outline, field_of(step, "max")) if step.kind == "timer" and begin else None
        since = outline.meant(begin, place) if most is not None else None
        if since is not None and most is not None and not _inverted(step.__dict__):
            yield Limit((*place.path, "max"), since, place, most)
        yield from _limits(outline, place, step.within)


def _inverted(given: dict[str, object]) -> bool:
    """Tell whether a least time is above the most time, which is said where times are in order."""
    least, most = given["min"], given["max"]
    return isinstance(least, timedelta) and isinstance(most, timedelta) and least > most


def _limits(outline: Outline, place: Place, given: tuple[TimeLimit, ...]) -> Iterator[Limit]:
    for number, within in enumerate(given):
        most, least = span_of(outline, within.max), span_of(outline, within.min)
        since = moment(outline, within.from_, place) if most is not None else None
        if since is not None and most is not None and (least is None or least <= most):
            path, several = (*place.path, "within", number, "max"), outline.clock(within.from_)
            if len(several) < 2:
                yield Limit(path, since, place, most)
            elif several := _starters(outline, several, place):
                yield Limit(path, several[0], place, most, several[1:])


def _starters(
    outline: Outline, several: tuple[StepPlace, ...], place: Place
) -> tuple[StepPlace, ...]:
    """Return the steps that may have started a clock last when a step is closed.

    None where there are too many of them: then nothing is said.
    """
    at = bisect_left(several, _number(outline, place), key=lambda one: one.number)
    found: list[StepPlace] = []
    for one in reversed(several[:at]):
        found.append(one)
        if len(found) > MOST_STARTERS or (outline.in_line and not _conditional(one)):
            break  # what was done before it was started anew
    # In line nothing that stands behind comes before, but in a loop.
    later = several[at : at + MOST_STARTERS + 1 if outline.in_line else None]
    found += [one for one in later[: MOST_STARTERS + 1] if not _is_behind(outline, one, place)]
    many = len(found) > MOST_STARTERS or len(later) > MOST_STARTERS + 1
    return () if many else tuple(found)


def _number(outline: Outline, place: Place) -> int:
    if isinstance(place, StepPlace):
        return place.number
    return outline.steps_of(outline.operations_of(place)[0])[0].number


def _conditional(one: StepPlace) -> bool:
    stage = one.operation.stage
    around = stage.stage.when if stage is not None else None
    return (one.step.condition or one.operation.operation.when or around) is not None


def _is_behind(outline: Outline, one: StepPlace, place: Place) -> bool:
    """Tell whether a step is done only when a place is over, in every round."""
    if isinstance(place, StagePlace):
        stage = one.operation.stage
        if stage is None or stage.number == place.number:
            return stage is not None
        return outline.stage_order.is_before(place.number, stage.number)
    if one.operation.path == place.operation.path:
        steps = one.operation.operation.looped
        again = int(one.path[-1]) in steps and int(place.path[-1]) in steps
        return one.number >= place.number and not again
    return _step_before(outline, place, one)


def _lag(outline: Outline, stage: StagePlace) -> Iterator[Limit]:
    """Yield the longest lag, where it counts from one stage, whichever of those before was last."""
    lag, before = stage.stage.lag, outline.stage_order.waits_for(stage.number)
    most = lag.max if lag is not None and len(before) == 1 else None
    if lag is not None and most is not None and (lag.min is None or lag.min <= most):
        yield Limit((*stage.path, "lag", "max"), StageMoment(before[0], ended=True), stage, most)


def asked(outline: Outline, case: Case) -> Iterator[Asked]:
    """Yield the least times that a recipe asks for, between moments of which one comes first."""
    for since, place, least in _asked(outline, case):
        if since is not None and least and is_before(outline, since, place):
            yield Asked(since, place, least)


def _asked(outline: Outline, case: Case) -> Iterator[tuple[Moment | None, Place, timedelta]]:
    for stage in outline.stages:
        for within in stage.stage.within:
            if least := least_of(outline, within.min, case):
                yield moment(outline, within.from_, stage), stage, least
    waited: set[tuple[int, Path]] = set()
    for place in outline.all_steps:
        for limit in place.step.within:
            if least := least_of(outline, limit.min, case):
                yield moment(outline, limit.from_, place), place, least
        begin = field_of(place.step, "from_") if place.step.kind == "timer" else None
        if begin is not None:
            least = least_of(outline, field_of(place.step, "min"), case)
            yield outline.meant(begin, place), place, least
        if outline.sampled:
            yield from _results(outline, place, waited)


def _results(
    outline: Outline, place: StepPlace, waited: set[tuple[int, Path]]
) -> Iterator[tuple[Moment, Place, timedelta]]:
    """Yield the samples for the results without which a step is not closed.

    ``waited`` are those for which a step before has waited in the same operation.
    """
    names = [use.name for use in outline.uses(place)] if place.step.kind == "gate" else []
    for written in outline.written(place):
        read = (name for name in formulas.parse(written.formula).names)
        names += [name.partition(".")[2] for name in read if paths.space_of(name) == "results"]
    for name in names:
        sample = outline.sampled_normally.get(paths.normal(name))
        test = outline.tests.get(paths.normal(name))
        known = (sample.number, place.operation.path) if sample else None
        if sample is None or known is None or test is None or known in waited:
            continue
        yield sample, place, test.turn_round
        if place.step.condition is None:
            waited.add(known)
