"""Limits that can be met, and durations in their order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from django.utils.translation import gettext as _

from recipes import formulas
from recipes.conditions import range_of
from recipes.faults import Fault, check
from recipes.kinds import add, run
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.parts import Band, Limits
from recipes.places import StepPlace, field_of
from recipes.settled import interval
from recipes.step import Measure

# The kinds of steps that have a number of their own.
MEASURE = frozenset({"calculate", "enter", "reading", "weigh"})
NUMERIC = frozenset({"decimal", "integer"})
Bounds = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that a step takes, works out or sets, where it stands, and what is asked of it."""

    place: StepPlace
    path: Path
    limits: Limits
    plausible: Band | None = None
    set_to: str | None = None

    @property
    def bands(self) -> tuple[tuple[str, Band], ...]:
        """The limits that are given, the wider first, each with the name of its field."""
        both = (("action", self.limits.action), ("alert", self.limits.alert))
        return tuple((name, band) for name, band in both if band is not None)


def _measured(outline: Outline) -> list[Measured]:
    if "measured" not in outline.shared:
        outline.shared["measured"] = [
            one for place in outline.all_steps for one in measured_by(place)
        ]
    found: list[Measured] = outline.shared["measured"]
    return found


def measured_by(place: StepPlace) -> Iterator[Measured]:
    """Yield the numbers that a step takes, works out or sets."""
    step, volume = place.step, field_of(place.step, "volume")
    if step.kind in MEASURE and (step.kind != "enter" or field_of(step, "value") in NUMERIC):
        limits = field_of(step, "limits") or Limits()
        yield Measured(place, place.path, limits, field_of(step, "plausible"))
    if isinstance(volume, Measure):
        limits = volume.limits or Limits()
        yield Measured(place, (*place.path, "volume"), limits, volume.plausible)
    if isinstance(step, run.Step):
        for number, one in enumerate(step.parameters):
            path = (*place.path, "parameters", number)
            yield Measured(place, path, one.limits or Limits(), set_to=one.set)


def _bounds(outline: Outline, band: Band | None) -> Bounds:
    if band is None:
        return None, None
    return outline.bounds.default(band.low), outline.bounds.default(band.high)


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
    for one in _measured(outline):
        if one.plausible is not None:
            yield (*one.path, "plausible"), one.plausible
    for number, item in enumerate(outline.recipe.specification):
        if item.limits is not None:
            yield ("specification", number, "limits"), item.limits


def _limits(outline: Outline) -> Iterator[tuple[Path, Limits]]:
    for one in _measured(outline):
        yield (*one.path, "limits"), one.limits
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
    for one in _measured(outline):
        possible = _bounds(outline, one.plausible)
        for name, band in one.bands:
            if why := _cannot_be_met(outline, one, name, _bounds(outline, band), possible):
                yield Fault((*one.path, "limits", name), why)
                break  # what is within the alert limits is within the action limits
    for place in outline.all_steps:
        if isinstance(place.step, add.Step) and _is_nothing(outline, place.step.quantity):
            sentence = _("This comes to nothing or less, and nothing cannot be added.")
            yield Fault((*place.path, "quantity"), sentence)


def _is_nothing(outline: Outline, quantity: str | None) -> bool:
    """Tell whether what is to be added is nothing or less: as the recipe is, for every order."""
    found = (
        [outline.bounds.for_inputs(quantity, end) for end in ("low", "high")] if quantity else []
    )
    return bool(found) and all(one is not None and one <= 0 for one in found)


def _cannot_be_met(
    outline: Outline, one: Measured, name: str, bounds: Bounds, possible: Bounds
) -> str:
    """Return why nothing lies within limits; nothing if something does, or all is inverted."""
    if _inverted(bounds) or _inverted(possible):
        return ""
    if apart(bounds, possible):
        if name == "alert":
            return _("No plausible value lies within the alert limits.")
        return _("No plausible value lies within the action limits.")
    own = name == "action" and one.path == one.place.path
    if own and _between_two_values(one.place, bounds):
        return _("No value with so many decimals lies within the action limits.")
    if own and _never_worked_out(outline, one.place, bounds):
        return _("The formula never gives a value within the action limits.")
    return ""


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
            bounds = (
                outline.bounds.for_inputs(band.low, end),
                outline.bounds.for_inputs(band.high, end),
            )
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


@check("limits.target_outside")
def target_within_limits(outline: Outline) -> Iterator[Fault]:
    """A target, or what a unit is told, does not lie outside the limits of its own value."""
    for one in _measured(outline):
        bands = [_bounds(outline, band) for _name, band in one.bands]
        target = field_of(one.place.step, "target") if one.path == one.place.path else None
        if target is not None and any(_outside((target, target), band) for band in bands):
            yield Fault((*one.path, "target"), _("The target lies outside its own limits."))
        if one.set_to is not None and any(_set_outside(outline, one, band) for band in bands):
            sentence = _("The value that is set lies outside its own limits.")
            yield Fault((*one.path, "set"), sentence)


def _set_outside(outline: Outline, one: Measured, band: Bounds) -> bool:
    """Tell whether what a unit is told lies outside: for the recipe as it is, or in any case."""
    value = outline.bounds.default(one.set_to)
    if value is not None:
        return not _inverted(band) and _outside((value, value), band)
    tree = formulas.parse(one.set_to or "").tree
    found = interval(tree, lambda name: range_of(outline, name, one.place.name))
    return found is not None and apart(band, found)


@check("limits.never_reached")
def plausible_beyond_action(outline: Outline) -> Iterator[Fault]:
    """What is refused as implausible lies beyond the action limits, or the alert limits."""
    for one in _measured(outline):
        possible = _bounds(outline, one.plausible)
        for name, band in one.bands[:1]:
            bounds = _bounds(outline, band)
            if not _outside(bounds, possible) or apart(bounds, possible):
                continue
            sentence = _(
                "The plausible range ends inside the action limits, so they are never met."
            )
            if name == "alert":
                sentence = _("The plausible range ends inside the alert limits, so they are never "
                             "met.")  # fmt: skip
            yield Fault((*one.path, "plausible"), sentence)


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
    sentence = _("A duration is more than nothing, and low ≤ expected ≤ high.")
    for place in outline.stages:
        d = place.stage.duration
        if not timedelta(0) < d.low <= d.expected <= d.high:
            field = "expected" if timedelta(0) < d.low <= d.expected else "low"
            yield Fault((*place.path, "duration", field), sentence)


@check("lag.order")
def lags_in_order(outline: Outline) -> Iterator[Fault]:
    """The least lag is at most the most lag."""
    for place in outline.stages:
        lag = place.stage.lag
        if lag and lag.min is not None and lag.max is not None and lag.min > lag.max:
            yield Fault((*place.path, "lag", "min"), _("The least lag is longer than the most."))


@check("timer.order")
def timers_in_order(outline: Outline) -> Iterator[Fault]:
    """A timer's least time is at most its most time."""
    for place in outline.all_steps:
        least, most = field_of(place.step, "min"), field_of(place.step, "max")
        if isinstance(least, timedelta) and isinstance(most, timedelta) and least > most:
            yield Fault((*place.path, "min"), _("The least time is longer than the most."))
