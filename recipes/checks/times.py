"""Hold times against the recipe's own durations."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from recipes.at_odds import at_odds
from recipes.elapsed import elapsed_of, kept_only_in
from recipes.faults import Fault, check
from recipes.messages import Weight
from recipes.moments import limits, limits_of_stages
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.parts import duration_text
from recipes.places import OperationPlace, StepPlace, field_of
from recipes.spans import ZERO, Case, span_of

# A thousand years, which nobody means: a calendar holds some more, and so does what plans by it.
IN_ALL = timedelta(days=365_000)


def _words(most: timedelta, takes: timedelta) -> dict[str, str]:
    return {"most": duration_text(most), "takes": duration_text(takes)}


@check("hold_time.not_kept")
def hold_times_can_be_kept(outline: Outline) -> Iterator[Fault]:
    """What must happen within a time is not kept from it by what must happen before.

    Where each limit can be kept alone and several not together, the last of them is named.
    """
    known, alone = limits(outline), set[Path]()
    for limit, takes in elapsed_of(outline).beyond(known):
        alone.add(limit.path)
        sentence = _("At most %(most)s are allowed; at least %(takes)s pass before.")
        yield Fault(limit.path, sentence % _words(limit.most, takes))
    kept = [one for one in known if one.path not in alone]
    for limit, takes, others in at_odds(outline, kept):
        sentence = _("At most %(most)s are allowed; to keep the time at %(others)s as well at least"
                     " %(takes)s pass before.")  # fmt: skip
        at = ", ".join(dict.fromkeys(others))
        yield Fault(limit.path, sentence % {**_words(limit.most, takes), "others": at})


@check("hold_time.in_sequence")
def hold_times_can_be_planned(outline: Outline) -> Iterator[Fault]:
    """A time to a stage's start is kept when stages are booked one after the other, as they are."""
    if outline.stage_order.plain:
        return
    beside, booked = elapsed_of(outline), elapsed_of(outline, in_line=True)
    for limit, takes in kept_only_in(beside, booked, limits_of_stages(outline)):
        sentence = _("Stages are planned one after the other: at least %(takes)s pass before,"
                     " at most %(most)s are allowed.")  # fmt: skip
        yield Fault(limit.path, sentence % _words(limit.most, takes))


@check("hold_time.tight")
def hold_times_are_kept_as_a_rule(outline: Outline) -> Iterator[Fault]:
    """What is kept only when all goes fast is named."""
    shortest, expected = elapsed_of(outline), elapsed_of(outline, Case.RULE)
    for limit, takes in kept_only_in(shortest, expected, limits(outline)):
        sentence = _("At most %(most)s are allowed; as a rule %(takes)s pass before.")
        yield Fault(limit.path, sentence % _words(limit.most, takes), Weight.WARNING)


@check("stage.too_short")
def steps_fit_into_their_stage(outline: Outline) -> Iterator[Fault]:
    """A stage lasts as long as its own steps, timers and results take at least."""
    shortest, expected = elapsed_of(outline), elapsed_of(outline, Case.RULE)
    for place in outline.stages:
        most, path = place.stage.duration.high, (*place.path, "duration", "high")
        least, rule = shortest.of_stage(place.number), expected.of_stage(place.number)
        if least > most:
            sentence = _("The steps take %(takes)s at least, the stage at most %(most)s.")
            yield Fault(path, sentence % _words(most, least))
        elif rule > most:
            sentence = _("The steps take %(takes)s as a rule, the stage at most %(most)s.")
            yield Fault(path, sentence % _words(most, rule), Weight.WARNING)


@check("duration.in_all")
def all_times_are_in_the_calendar(outline: Outline) -> Iterator[Fault]:
    """All times of a recipe, each as often as it may come, add up to a date that there is."""
    if sum(_seconds(outline)) > IN_ALL.total_seconds():
        sentence = _("The times of the recipe add up to more than %(most)s.")
        yield Fault(("stages",), sentence % {"most": duration_text(IN_ALL)})


def _seconds(outline: Outline) -> Iterator[float]:
    """Yield the seconds of each time of a recipe, at its longest and as often as it may come."""
    often = {place.path: _rounds(place) for place in outline.operations}
    for place in outline.operations:
        called = [often[one.path] for one in outline.callers(place)]
        times = often[place.path] * (1 if place.stage else sum(called))
        own = [place.operation.takes.high] if place.operation.takes else []
        for step in outline.steps_of(place):
            own += _of_step(outline, step)
        yield times * sum(one.total_seconds() for one in own)
    for stage in outline.stages:
        most = max(often[place.path] for place in outline.operations_of(stage))
        yield stage.stage.duration.high.total_seconds() * most
        lag = stage.stage.lag
        rest = (stage.stage.cleaning, lag.min if lag else None, lag.max if lag else None)
        yield sum(one.total_seconds() for one in rest if one is not None)


def _rounds(place: OperationPlace) -> int:
    return place.operation.repeat.max if place.operation.repeat else 1


def _of_step(outline: Outline, place: StepPlace) -> Iterator[timedelta]:
    step = place.step
    if step.takes is not None:
        yield step.takes.high
    least = [limit.min for limit in step.within]
    least += [field_of(step, "min")] if step.kind == "timer" else []
    yield from (found for one in least if (found := span_of(outline, one)) is not None)
    if step.kind == "sample":
        known = outline.recipe.test_by_key
        yield max((known[u.name].turn_round for u in step.uses() if u.name in known), default=ZERO)


@check("time.order")
def times_in_order(outline: Outline) -> Iterator[Fault]:
    """In a limit of time the least is at most the warning, and that at most the longest."""
    for path, limit in outline.time_limits():
        spans = [(name, span_of(outline, span)) for name, span in limit.spans]
        given = [(name, span) for name, span in spans if span is not None]
        for (_first, shorter), (name, longer) in pairwise(given):
            if shorter > longer:
                yield Fault((*path, name), _("The times are not in order: min ≤ warn ≤ max."))
                break


@check("takes.order")
def own_times_in_order(outline: Outline) -> Iterator[Fault]:
    """A step's or contingency's own time: low ≤ expected ≤ high."""
    parts = [(place.path, place.step.takes) for place in outline.all_steps]
    parts += [(place.path, place.operation.takes) for place in outline.operations]
    for path, takes in parts:
        if takes is not None and not takes.low <= takes.expected <= takes.high:
            yield Fault((*path, "takes"), _("A duration is low ≤ expected ≤ high."))


@check("chance.too_much")
def chances_add_up(outline: Outline) -> Iterator[Fault]:
    """The chances of one question's answers are together at most one."""
    for place in outline.all_steps:
        named = [o.chance for o in (field_of(place.step, "options") or ()) if o.chance is not None]
        if sum(named, Decimal()) > 1:
            yield Fault((*place.path, "options"), _("The chances add up to more than 1."))
