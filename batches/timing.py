"""Limits of time: how long since another step, a stage, a moment of the order or a clock.

Both bounds are allowed: at the limit it is in time, a second later it is not. Too early is a
conditional interlock; too late is recorded, with a reason, as an exception (21 CFR 211.111): no
rule stops a culture.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from batches.enums import StageState
from batches.models import Batch, Stage, Step
from batches.selectors import Done, done_steps
from batches.work import Work
from materials.selectors import clocks_labelled
from orders.selectors import moments
from recipes import flow, paths
from recipes.document import Recipe
from recipes.document import Stage as StageDocument
from recipes.enums import Outcome, Severity
from recipes.judging import Facts, Finding, Judged, TooEarly, Values
from recipes.parts import TimeLimit, duration_text

CLOCK = "clock"
CONTAINERS = ("code1", "code2", "source", "target", "scan", "label", "container")
STAGE_MOMENTS = ("started_at", "ended_at")


@dataclass(frozen=True)
class Times:
    """What is known of a batch's times: closed steps, stages, the order's moments."""

    recipe: Recipe
    done: Sequence[Done]
    stages: Mapping[str, Stage]
    order: Mapping[str, datetime]

    def moment(self, name: str, *, at: str, iteration: int, values: Values) -> datetime | None:
        """Return when something was, as seen from one time of a step; None if it was not yet."""
        if name in self.order:
            return self.order[name]
        first, _dot, last = name.replace("/", ".").rpartition(".")
        if first == CLOCK:
            return self._clock(last, values)
        stage = self.stages.get(first if last in STAGE_MOMENTS else name)
        if stage is not None:
            return stage.started_at if last == "started_at" else stage.ended_at
        seen = flow.visible(
            self.recipe, {one.ref: one.at for one in self.done}, path=at, iteration=iteration
        )
        known = {paths.normal(path): when for path, when in seen.items()}
        return paths.find(name, at=at, among=known)

    def _clock(self, name: str, values: Values) -> datetime | None:
        """Return when a clock began: of the container that the values name, else the last one."""
        began = [
            one for one in self.done
            if (placed := self.recipe.placed(one.ref)) is not None and placed.step.starts == name
        ]  # fmt: skip
        carried = clocks_labelled(_containers(values)).get(name)
        if carried is not None:
            # It went along with what was poured, the earliest counts. It knows the time of its
            # entry; where the step that began it was on paper, that of the paper counts.
            return {one.recorded_at: one.at for one in began}.get(carried, carried)
        mine = [one for one in began if _containers(one.values) & _containers(values)]
        return (mine or began)[-1].at if began else None


def _containers(values: Values) -> set[str]:
    return {values[name] for name in CONTAINERS if values.get(name)}


def times_of(batch: Batch, recipe: Recipe, *, by: datetime) -> Times:
    """Read what is known of a batch's times, as seen from one of them: three queries."""
    stages = {row.key: row for row in Stage.objects.filter(stream=batch.id)}
    return Times(recipe, done_steps(batch.id, by=by), stages, dict(moments(batch.order)))


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that runs, worked out: since when, and the bounds. ``name`` is what began it."""

    name: str
    since: datetime
    min: timedelta | None
    warn: timedelta | None
    max: timedelta | None


def limits_at(
    times: Times, limits: Sequence[TimeLimit], facts: Facts, *, values: Values
) -> Iterator[Limit]:
    """Yield the limits whose moment has been."""
    for one in limits:
        since = times.moment(one.from_, at=facts.path, iteration=facts.iteration, values=values)
        if since is not None:
            spans = {name: facts.span(span) for name, span in one.spans}
            yield Limit(one.from_, since, spans.get("min"), spans.get("warn"), spans.get("max"))


def limits_of(work: Work, row: Step) -> list[TimeLimit]:
    """Return the limits of time that a step is held to: its own, and those of a stage it begins."""
    stage, own = work.placed.stage, list[TimeLimit](work.placed.step.within)
    if not stage.within and not stage.lag:
        return own
    stages = {one.key: one for one in Stage.objects.filter(stream=row.stream)}
    if stages[row.stage].state != StageState.WAITING:
        return own
    return [*own, *beginning(work.recipe, stage, stages)]


def beginning(recipe: Recipe, stage: StageDocument, stages: Mapping[str, Stage]) -> list[TimeLimit]:
    """Return the limits of time to a stage's start; ``stages`` are those of the batch by key.

    The lag counts from the end of what was done last of the stages before it.
    """
    found: list[TimeLimit] = list(stage.within)
    before = flow.earlier(recipe.stages, list(recipe.stage_by_key).index(stage.key))
    rows = [stages[one.key] for one in before if one.key in stages]
    ended = {row.key: row.ended_at for row in rows if row.started_at and row.ended_at}
    if stage.lag is not None and ended:
        last = max(ended, key=lambda key: ended[key])
        lag = TimeLimit.model_construct(
            from_=f"{last}.ended_at", min=stage.lag.min, warn=None, max=stage.lag.max
        )
        found.append(lag)
    return found


def with_time(work: Work, judged: Judged, limits: Sequence[TimeLimit]) -> Judged:
    """Judge the time of a step as well. Raises TooEarly, which QA may concede."""
    if not limits:
        return judged
    facts = Facts(
        at=work.at, path=work.placed.path, iteration=work.iteration,
        parameters=work.recipe.parameter_values,
    )  # fmt: skip
    times = times_of(work.batch, work.recipe, by=work.at)
    late = []
    for limit in limits_at(times, limits, facts, values=judged.values):
        work.interlock(partial(check_early, limit, work.at))
        late += overrun(limit, work.at, critical=work.placed.step.critical)
    return _late(judged, late, work.values.get("comment", "").strip()) if late else judged


def check_early(limit: Limit, at: datetime) -> None:
    """Raise TooEarly before the least time has passed."""
    elapsed = at - limit.since
    if limit.min is not None and elapsed < limit.min:
        raise TooEarly(min=duration_text(limit.min), elapsed=duration_text(elapsed))


def overrun(limit: Limit, at: datetime, *, critical: bool) -> list[Finding]:
    """Return what is said of a limit that was passed: an exception. A warning in time is none."""
    elapsed = at - limit.since
    if limit.max is None or elapsed <= limit.max:
        return []
    params = {"since": limit.name, "elapsed": duration_text(elapsed),
              "max": duration_text(limit.max)}  # fmt: skip
    return [Finding("within.missed", Severity.MAJOR if critical else Severity.MINOR, params)]


def _late(judged: Judged, late: list[Finding], comment: str) -> Judged:
    values = judged.values | ({"comment": comment} if comment else {})
    return replace(
        judged, values=values, findings=(*judged.findings, *late), outcome=Outcome.FLAGGED,
        comment_required=True,
    )  # fmt: skip
