"""Limits that can be met, and durations in their order."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.conditions import conditions, range_of
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Fault, Outline, StepPlace, check, field_of
from recipes.parts import Band, Limits
from recipes.settled import interval

Bounds = tuple[Decimal | None, Decimal | None]


def _bounds(outline: Outline, band: Band | None) -> Bounds:
    if band is None:
        return None, None
    return outline.default(band.low), outline.default(band.high)


def _inverted(bounds: Bounds) -> bool:
    low, high = bounds
    return low is not None and high is not None and low > high


def _outside(inner: Bounds, outer: Bounds) -> bool:
    below = inner[0] is not None and outer[0] is not None and inner[0] < outer[0]
    above = inner[1] is not None and outer[1] is not None and inner[1] > outer[1]
    return below or above


def _bands(outline: Outline) -> Iterator[tuple[Path, Band]]:
    for path, limits in _limits(outline):
        for name, band in (("alert", limits.alert), ("action", limits.action)):
            if band is not None:
                yield (*path, name), band
    for place in outline.all_steps:
        plausible = field_of(place.step, "plausible")
        if isinstance(plausible, Band):
            yield (*place.path, "plausible"), plausible
    for number, item in enumerate(outline.recipe.specification):
        if item.limits is not None:
            yield ("specification", number, "limits"), item.limits


def _limits(outline: Outline) -> Iterator[tuple[Path, Limits]]:
    for place in outline.all_steps:
        own = field_of(place.step, "limits")
        if isinstance(own, Limits):
            yield (*place.path, "limits"), own
        volume = field_of(place.step, "volume")
        if volume is not None and volume.limits is not None:
            yield (*place.path, "volume", "limits"), volume.limits
    for number, test in enumerate(outline.recipe.tests):
        if test.limits is not None:
            yield ("tests", number, "limits"), test.limits


@check("limits.inverted")
def low_is_low(outline: Outline) -> Iterator[Fault]:
    """No lower limit lies above its upper limit."""
    for path, band in _bands(outline):
        if _inverted(_bounds(outline, band)):
            yield Fault(path, _("The lower limit lies above the upper one."))


def apart(one: Bounds, other: Bounds) -> bool:
    """Tell whether no number lies in both."""
    return _inverted((one[0], other[1])) or _inverted((other[0], one[1]))


@check("limits.cannot_be_met")
def something_meets_the_limits(outline: Outline) -> Iterator[Fault]:
    """Some value that can be entered, or worked out, lies within the limits."""
    for place in outline.all_steps:
        action, plausible = _own(place).action, field_of(place.step, "plausible")
        bounds = _bounds(outline, action)
        possible = _bounds(outline, plausible if isinstance(plausible, Band) else None)
        path = (*place.path, "limits", "action")
        if action is None or _inverted(bounds) or _inverted(possible):
            continue
        if apart(bounds, possible):
            yield Fault(path, _("No plausible value lies within the action limits."))
        elif _between_two_values(place, bounds):
            yield Fault(path, _("No value with so many decimals lies within the action limits."))
        elif _never_worked_out(outline, place, bounds):
            yield Fault(path, _("The formula never gives a value within the action limits."))


def _between_two_values(place: StepPlace, bounds: Bounds) -> bool:
    decimals, low, high = field_of(place.step, "decimals"), *bounds
    if field_of(place.step, "value") == "integer":
        decimals = 0
    if decimals is None or low is None or high is None:
        return False
    step = Decimal(1).scaleb(getattr(place.step, "exponent", 0) - decimals)
    return (low / step).to_integral_value(ROUND_CEILING) * step > high


def _never_worked_out(outline: Outline, place: StepPlace, bounds: Bounds) -> bool:
    formula = field_of(place.step, "formula")
    if formula is None:
        return False
    tree = formulas.parse(formula).tree
    found = interval(tree, lambda name: range_of(outline, name, place.name))
    return found is not None and apart(bounds, found)


@check("limits.inverted_for_some")
def low_is_low_for_everybody(outline: Outline) -> Iterator[Fault]:
    """No lower limit lies above its upper one for an order that the recipe takes."""
    for path, band in _bands(outline):
        if band.low is None or band.high is None:
            continue
        alike = formulas.is_plain(band.low) and formulas.is_plain(band.high)
        if alike or _inverted(_bounds(outline, band)):
            continue
        for end in ("low", "high"):
            bounds = (outline.for_inputs(band.low, end), outline.for_inputs(band.high, end))
            if _inverted(bounds):
                yield Fault(path, _("With the inputs at their %(end)s bounds the lower limit lies "
                                    "above the upper one.") % {"end": end})  # fmt: skip
                break


@check("limits.alert_outside_action")
def alert_within_action(outline: Outline) -> Iterator[Fault]:
    """The alert limits lie within the action limits."""
    for path, limits in _limits(outline):
        if _outside(_bounds(outline, limits.alert), _bounds(outline, limits.action)):
            yield Fault((*path, "alert"), _("The alert limits lie outside the action limits."))


def _own(place: StepPlace) -> Limits:
    found = field_of(place.step, "limits")
    return found if isinstance(found, Limits) else Limits()


@check("limits.target_outside")
def target_within_limits(outline: Outline) -> Iterator[Fault]:
    """A target does not lie outside the limits of its own value."""
    for place in outline.all_steps:
        target = field_of(place.step, "target")
        limits = _own(place)
        if target is None:
            continue
        for band in (limits.alert, limits.action):
            if _outside((target, target), _bounds(outline, band)):
                yield Fault((*place.path, "target"), _("The target lies outside its own limits."))
                break


@check("limits.never_reached")
def plausible_beyond_action(outline: Outline) -> Iterator[Fault]:
    """What is refused as implausible lies beyond the action limits."""
    for place in outline.all_steps:
        plausible = field_of(place.step, "plausible")
        action = _bounds(outline, _own(place).action)
        plausible_is = _bounds(outline, plausible if isinstance(plausible, Band) else None)
        if _outside(action, plausible_is) and not apart(action, plausible_is):
            yield Fault(
                (*place.path, "plausible"),
                _("The plausible range ends inside the action limits, so they are never met."),
            )


@check("input.inverted")
def inputs_in_order(outline: Outline) -> Iterator[Fault]:
    """An input's lower bound lies below its upper bound."""
    for number, given in enumerate(outline.recipe.inputs):
        if given.low > given.high:
            yield Fault(("inputs", number, "low"), _("The lower bound lies above the upper one."))


@check("parameter.default_outside")
def defaults_within_bounds(outline: Outline) -> Iterator[Fault]:
    """A parameter's default lies within the bounds that a site must keep."""
    for number, p in enumerate(outline.recipe.parameters):
        if _outside((p.default, p.default), (p.low, p.high)) or _inverted((p.low, p.high)):
            yield Fault(
                ("parameters", number, "default"),
                _("The default of %(name)s lies outside its own bounds.") % {"name": p.key},
            )


@check("duration.order")
def durations_in_order(outline: Outline) -> Iterator[Fault]:
    """Low is at most expected, expected at most high, and no stage takes no time."""
    for place in outline.stages:
        d = place.stage.duration
        if not timedelta(0) < d.low <= d.expected <= d.high:
            yield Fault(
                (*place.path, "duration"),
                _("A duration is more than nothing, and low ≤ expected ≤ high."),
            )


@check("lag.order")
def lags_in_order(outline: Outline) -> Iterator[Fault]:
    """The least lag is at most the most lag."""
    for place in outline.stages:
        lag = place.stage.lag
        if lag and lag.min is not None and lag.max is not None and lag.min > lag.max:
            yield Fault((*place.path, "lag"), _("The least lag is longer than the most."))


@check("timer.order")
def timers_in_order(outline: Outline) -> Iterator[Fault]:
    """A timer's least time is at most its most time."""
    for place in outline.all_steps:
        least, most = field_of(place.step, "min"), field_of(place.step, "max")
        if isinstance(least, timedelta) and isinstance(most, timedelta) and least > most:
            yield Fault((*place.path, "min"), _("The least time is longer than the most."))


@check("critical.no_limits")
def critical_values_have_limits(outline: Outline) -> Iterator[Fault]:
    """A critical value has limits; a critical choice has an answer that is an exception."""
    for place in outline.all_steps:
        step = place.step
        if not step.critical and step.quality is None:
            continue
        numeric = step.kind == "calculate" or field_of(step, "value") in {"decimal", "integer"}
        if numeric and field_of(step, "limits") is None:
            yield Fault((*place.path, "critical"), _("A critical value needs limits."))
        if step.kind == "choose" and not any(o.flag for o in (field_of(step, "options") or ())):
            yield Fault(
                (*place.path, "critical"),
                _("A critical choice needs an answer that is an exception."),
            )


@check("critical.no_reaction")
def critical_values_have_a_reaction(outline: Outline) -> Iterator[Fault]:
    """Where a critical value can be out of limits, the recipe says what is done then."""
    read = {name for asked in conditions(outline) for name in map(asked.absolute, asked.names)}
    for place in outline.steps:
        step, stage = place.step, place.operation.stage
        limited = field_of(step, "limits") or any(o.flag for o in (field_of(step, "options") or ()))
        if not (step.critical or step.quality) or not limited:
            continue
        reaction = (
            step.reaction, field_of(step, "reasons"), place.operation.operation.contingencies,
            stage and stage.stage.safe_state, paths.normal(place.name) in read,
        )  # fmt: skip
        if not any(reaction):
            sentence = _("Nothing says what is done when it is out of limits: give a reaction.")
            yield Fault((*place.path, "critical"), sentence)


@check("verify.proves_nothing")
def witness_where_nothing_proves(outline: Outline) -> Iterator[Fault]:
    """A second person is asked only where no scan proves the act."""
    for place in outline.all_steps:
        if place.step.verify and place.step.kind in {"scan", "equip"}:
            yield Fault(
                (*place.path, "verify"),
                _("The witness proves nothing: the scan proves this step."),
                Weight.WARNING,
            )
