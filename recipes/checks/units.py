"""Units: known ones, and formulas that give the unit that they should."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from recipes import dimensions, formulas, paths, unit_words, units
from recipes.conditions import conditions
from recipes.document import Parameter
from recipes.faults import Fault, check
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.parts import LONGEST, duration_text
from recipes.places import StepPlace, field_of
from recipes.step import Measure, Written, way

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
TIMES = ("wk", "d", "h", "min", "s")
# What an amount of something is counted in, each with its multiples.
AMOUNTS = ("L", "g", "mol", "osm", "eq", "U", "{cells}", "{copies}", "{TU}", "{vg}", "{vp}", "[EU]",
           "[IU]", "[CFU]", "[PFU]", "[TCID_50]", "{particles}", "{bags}", "{pieces}", "{vials}",
           "{tubes}", "{syringes}", "{doses}", "{tests}")  # fmt: skip


def _units(outline: Outline) -> Iterator[tuple[Path, str]]:
    for name in ("inputs", "parameters", "bill_of_materials", "tests"):
        for number, part in enumerate(getattr(outline.recipe, name)):
            if part.unit is not None:
                yield (name, number, "unit"), part.unit
    for place in outline.all_steps:
        for field, unit in place.step.units_at():
            yield (*place.path, *way(field)), unit


@check("unit.unknown")
def known_units(outline: Outline) -> Iterator[Fault]:
    """Each unit is a UCUM code that recipes may use."""
    for path, code in _units(outline):
        if units.known(code):
            continue
        meant, words = unit_words.meant(code), {"unit": code}
        if meant is None:
            yield Fault(path, _("There is no unit %(unit)s.") % words)
        else:
            sentence = _("There is no unit %(unit)s: write %(meant)s if that is what you mean.")
            yield Fault(path, sentence % {**words, "meant": meant})


@check("formula.unit")
def formulas_fit(outline: Outline) -> Iterator[Fault]:
    """Each formula adds like to like and gives the unit of what it stands for."""
    fit: set[tuple[str, str | None]] = set()
    for place, several in outline.formulas:
        for written in several:
            if formulas.is_plain(written.formula) or not _unit_known(written):
                continue
            units_of = {
                name: unit_of(outline, name, place.name)
                for name in formulas.parse(written.formula).names
            }
            # Two formulas with the same units in the same places fit or do not fit alike.
            shape = NAME.sub(lambda m, u=units_of: u.get(m[0]) or m[0], written.formula)  # type: ignore[misc]
            if None in units_of.values() or (shape, written.unit) in fit:
                continue  # what is not there is said elsewhere
            try:
                dimensions.check(written.formula, unit_of=units_of.get, gives=written.unit)
                fit.add((shape, written.unit))
            except dimensions.UnitMismatch as error:
                yield Fault((*place.path, *written.path), str(error))
    first = outline.steps[0]
    for path, written in outline.outside():
        formula = written.formula
        if formulas.is_plain(formula) or not _unit_known(written):
            continue
        if not _names_known(outline, formula, first):
            continue
        try:
            dimensions.check(
                formula, unit_of=lambda name: unit_of(outline, name, first.name), gives=written.unit
            )
        except dimensions.UnitMismatch as error:
            yield Fault((*path, *written.path), str(error))


@check("condition.unit")
def conditions_compare_like_with_like(outline: Outline) -> Iterator[Fault]:
    """A condition adds and compares what is counted alike; a bare number is of either unit."""
    for asked in conditions(outline):
        try:
            dimensions.check(asked.text, unit_of=partial(unit_of, outline, at=asked.at), gives=None)
        except dimensions.UnitMismatch as error:
            yield Fault(asked.path, str(error))


@check("unit.wrong")
def amounts_are_amounts(outline: Outline) -> Iterator[Fault]:
    """What is poured or drawn is an amount of something, and what is weighed is a mass."""
    for place in outline.all_steps:
        kind, volume = place.step.kind, field_of(place.step, "volume")
        if isinstance(volume, Measure) and not _counted_in(volume.unit, AMOUNTS):
            sentence = _("%(unit)s is no unit of an amount, such as mL.")
            yield Fault((*place.path, "volume", "unit"), sentence % {"unit": volume.unit})
        elif kind == "add" and not _counted_in(place.step.units()[0], (*AMOUNTS, "1")):
            sentence = _("%(unit)s is no unit of an amount, such as mL.")
            yield Fault((*place.path, "unit"), sentence % {"unit": place.step.units()[0]})
        elif kind == "weigh" and not _counted_in(place.step.units()[0], ("g",)):
            sentence = _("%(unit)s is no unit of a weight, such as g.")
            yield Fault((*place.path, "unit"), sentence % {"unit": place.step.units()[0]})


def _counted_in(unit: str, these: tuple[str, ...]) -> bool:
    """Tell whether a unit is a multiple of one of these; one that is unknown is said elsewhere."""
    return not units.known(unit) or any(units.alike(unit, one) for one in these)


def _names_known(outline: Outline, formula: str, place: StepPlace) -> bool:
    """Tell whether all that a formula names is there: what is not is said elsewhere."""
    names = formulas.parse(formula).names
    return all(unit_of(outline, name, place.name) is not None for name in names)


def _unit_known(written: Written) -> bool:
    return written.unit is None or units.known(written.unit)


def unit_of(outline: Outline, name: str, at: str) -> str | None:
    """Return the unit of what a formula at a step means by a name, None when it has none."""
    space, key = paths.space_of(name), name.partition(".")[2]
    if space == "inputs":
        given = outline.inputs.get(key)
        return given.unit if given else None
    if space == "parameters":
        set_to = outline.parameters.get(key)
        return set_to.unit if set_to else None
    if space == "results":
        test = outline.tests.get(paths.normal(key))
        return test.unit if test else None
    meant = paths.find(name, at=at, among=outline.by_name)
    return meant.step.unit_of_value() if meant else None


@check("parameter.no_time")
def spans_are_times(outline: Outline) -> Iterator[Fault]:
    """A parameter that stands for a duration has a unit of time."""
    for path, span, given in _spans(outline):
        if given.unit not in TIMES:
            yield Fault(path, _("%(name)s is not a time: its unit is %(unit)s.")
                        % {"name": span, "unit": given.unit})  # fmt: skip


@check("parameter.time")
def spans_are_durations(outline: Outline) -> Iterator[Fault]:
    """A parameter that stands for a duration is one wherever a site may set it."""
    for path, span, given in _spans(outline):
        set_to = [one for one in (given.default, given.low, given.high) if one is not None]
        if given.unit in TIMES and not all(_is_duration(one, given.unit) for one in set_to):
            yield Fault(path, _("%(name)s is no time from nothing to %(most)s.")
                        % {"name": span, "most": duration_text(LONGEST)})  # fmt: skip


def _is_duration(number: Decimal, unit: str) -> bool:
    try:
        return timedelta() <= units.time_of(number, unit) <= LONGEST
    except ValueError:
        return False


def _spans(outline: Outline) -> Iterator[tuple[Path, str, Parameter]]:
    """Yield each place where a parameter of the recipe stands for a duration."""
    spans: list[tuple[Path, str]] = [
        ((*path, field), span)
        for path, limit in outline.time_limits()
        for field, span in limit.spans
        if isinstance(span, str)
    ]
    spans += [
        ((*place.path, name), span)
        for place in outline.all_steps
        for name in ("min", "max", "hold")
        if isinstance(span := field_of(place.step, name), str)
    ]
    known = {f"parameters.{p.key}": p for p in outline.recipe.parameters}
    return ((path, span, known[span]) for path, span in spans if span in known)
