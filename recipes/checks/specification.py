"""Specification, tests and samples, each with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.checks.conditions import held_by
from recipes.checks.containers import made_by
from recipes.conditions import always, over
from recipes.document import SpecificationItem
from recipes.enums import ContainerKind, ValueType
from recipes.faults import Fault, check
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.parts import Band
from recipes.places import StepPlace, field_of
from recipes.spans import span_of

PRODUCT = ContainerKind.PRODUCT
WorkedOut = Callable[[str], Decimal | None]


@check("specification.no_test")
def items_have_a_test(outline: Outline) -> Iterator[Fault]:
    """Each item of the specification is found out by a test of the recipe."""
    for number, item in enumerate(outline.recipe.specification):
        if item.test not in outline.recipe.test_by_key:
            yield Fault(
                ("specification", number, "test"),
                _("There is no test %(name)s.") % {"name": item.test},
            )


@check("specification.no_criterion")
def items_have_a_criterion(outline: Outline) -> Iterator[Fault]:
    """Each item says what is accepted, in the way its test answers."""
    for number, item in enumerate(outline.recipe.specification):
        test = outline.recipe.test_by_key.get(item.test)
        if test is None:
            continue
        answers = {option.key for option in test.options}
        path = ("specification", number)
        if test.value == ValueType.DECIMAL and not _bounds(item):
            yield Fault(path, _("The item has no limit."))
        if test.value == ValueType.TEXT and not item.accepts:
            yield Fault(path, _("The item accepts no answer."))
        unknown = [at for at, answer in enumerate(item.accepts) if answer not in answers]
        if unknown:
            sentence = _("The test does not give all of these answers.")
            yield Fault((*path, "accepts", unknown[0]), sentence)


def _bounds(item: SpecificationItem) -> tuple[str, ...]:
    own = (item.limits.low, item.limits.high) if item.limits else ()
    return tuple(bound for bound in (*own, item.above, item.below) if bound is not None)


def _bounding(item: SpecificationItem) -> str:
    """Return the field that bounds an item: the strict one where there are several."""
    return next((n for n in ("above", "below") if getattr(item, n) is not None), "limits")


@check("specification.cannot_be_met")
def items_can_be_fulfilled(outline: Outline) -> Iterator[Fault]:
    """Some result fulfils an item, and the others of its test, and is in order there."""
    yield from _answers_apart(outline)
    said: set[Path] = set()
    for end in ("", "low", "high"):
        for path, sentence in _contradictions(outline, end):
            if path[:2] not in said:
                said.add(path[:2])
                yield Fault(path, sentence)


def _contradictions(outline: Outline, end: str) -> Iterator[tuple[Path, str]]:
    """Yield the items that no result fulfils: in general, or with the inputs at one end."""
    seen: dict[str, Ends] = {}
    worked_out = partial(outline.bounds.for_inputs, end=end) if end else outline.bounds.default
    for number, item in enumerate(outline.recipe.specification):
        own, path = _ends(item, worked_out), ("specification", number, _bounding(item))
        test = outline.recipe.test_by_key.get(item.test)
        action = test.limits.action if test and test.limits else None
        earlier = seen.setdefault(item.test, Ends())
        words = {"end": end}
        if own.impossible and end:
            yield path, _("With the inputs at their %(end)s bounds no result lies within all the "
                          "limits of this item.") % words  # fmt: skip
        elif own.impossible:
            yield path, _("No result lies within all the limits of this item.")
        elif own.with_(earlier).impossible:
            yield path, _("No result fulfils this item and an earlier one of its test.")
        elif own.with_(Ends().bounded(action, worked_out)).impossible:
            yield path, _("A result that fulfils this is out of the limits of its test.")
        seen[item.test] = own.with_(earlier)


def _answers_apart(outline: Outline) -> Iterator[Fault]:
    left: dict[str, frozenset[str]] = {}
    for number, item in enumerate(outline.recipe.specification):
        if not item.accepts:
            continue
        own = frozenset(item.accepts)
        both = left.get(item.test, own) & own
        if not both:
            sentence = _("No result fulfils this item and an earlier one of its test.")
            yield Fault(("specification", number, "accepts"), sentence)
        left[item.test] = both or own


@check("specification.not_sampled")
def items_are_sampled_whatever_happens(outline: Outline) -> Iterator[Fault]:
    """Where a product is made the sample for each item is drawn: else nobody can judge it."""
    product = _held_by_the_product(outline)
    said: set[Path] = set()
    for number, item in enumerate(outline.recipe.specification):
        sample = outline.sampled.get(item.test)
        if sample is None or sample.path in said or _gate_waits_in_vain(outline, sample):
            continue  # that is said there
        said.add(sample.path)
        may_fail = [one for one in over(outline, sample) if always(outline, one) is not True]
        if held_by(may_fail) - product:
            words = {"name": item.test}
            sentence = _("The sample for the test %(name)s may be skipped: then nobody can "
                         "judge this item.")  # fmt: skip
            yield Fault(("specification", number, "test"), sentence % words)


def _held_by_the_product(outline: Outline) -> frozenset[str]:
    """Return what holds wherever a product container is made."""
    makes = (one for one in outline.steps if (made := made_by(one.step)) and made[0] == PRODUCT)
    found = [held_by(over(outline, one)) for one in makes]
    return frozenset.intersection(*found) if found else frozenset()


def _gate_waits_in_vain(outline: Outline, sample: StepPlace) -> bool:
    """Tell whether a gate waits for a result of a sample on fewer conditions than it is drawn."""
    drawn, tests = held_by(over(outline, sample)), {use.name for use in outline.uses(sample)}
    gates = {one.number: one for test in tests for one in outline.gates.get(paths.normal(test), ())}
    return bool(drawn) and any(drawn - held_by(over(outline, one)) for one in gates.values())


@dataclass(frozen=True, slots=True)
class Ends:
    """Between what a result must lie: the narrowest ends, each with whether it is left out."""

    low: tuple[Decimal, bool] | None = None
    high: tuple[Decimal, bool] | None = None

    @property
    def impossible(self) -> bool:
        """Whether nothing lies between all of them."""
        if self.low is None or self.high is None:
            return False
        (low, without), (high, too) = self.low, self.high
        return low > high or (low == high and (without or too))

    def with_(self, other: Ends) -> Ends:
        """Return what both ask for."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return Ends(
            max(lows, default=None), min(highs, key=lambda one: (one[0], not one[1]), default=None)
        )

    def bounded(self, band: Band | None, worked_out: WorkedOut) -> Ends:
        """Return what this and a band, whose ends count, ask for."""
        low = worked_out(band.low) if band and band.low is not None else None
        high = worked_out(band.high) if band and band.high is not None else None
        return self.with_(_ended(low, high, without=False))


def _ended(low: Decimal | None, high: Decimal | None, *, without: bool) -> Ends:
    return Ends(
        (low, without) if low is not None else None,
        (high, without) if high is not None else None,
    )


def _ends(item: SpecificationItem, worked_out: WorkedOut) -> Ends:
    above, below = (None if one is None else worked_out(one) for one in (item.above, item.below))
    strict = _ended(above, below, without=True)
    banded = Ends().bounded(item.limits, worked_out)
    # A band that is inverted is said to be so elsewhere.
    return strict if banded.impossible else strict.with_(banded)


@check("specification.name")
def bounds_of_known_things(outline: Outline) -> Iterator[Fault]:
    """A bound of the specification uses inputs and parameters of the recipe."""
    known = {f"inputs.{given.name}" for given in outline.recipe.inputs}
    known |= {f"parameters.{parameter.key}" for parameter in outline.recipe.parameters}
    for number, item in enumerate(outline.recipe.specification):
        for bound in item.written(None):
            for name in formulas.parse(bound.formula).names:
                if name not in known:
                    path = ("specification", number, *bound.path)
                    yield Fault(path, _("There is no %(name)s.") % {"name": name})


@check("test.no_sample")
def tests_have_a_sample(outline: Outline) -> Iterator[Fault]:
    """Each test has a step that takes a sample for it."""
    if any(_names_wrong(outline, place) for place in outline.all_steps):
        return  # a sample that names no test, or an unknown one, is said there
    for number, test in enumerate(outline.recipe.tests):
        if test.key not in outline.sampled:
            yield Fault(
                ("tests", number, "key"),
                _("No step takes a sample for the test %(name)s.") % {"name": test.key},
            )


def _names_wrong(outline: Outline, place: StepPlace) -> bool:
    if place.step.kind != "sample":
        return False
    names = {use.name for use in outline.uses(place)}
    return not (names and names <= outline.recipe.test_by_key.keys())


@check("test.twice_sampled")
def tests_have_one_sample(outline: Outline) -> Iterator[Fault]:
    """A test belongs to one sample, so that its result is unmistakable."""
    for place in outline.steps:
        for use in outline.uses(place):
            first = outline.sampled.get(use.name)
            if place.step.kind == "sample" and first is not None and first.name != place.name:
                yield Fault(
                    (*place.path, *use.path),
                    _("A sample for %(name)s is taken before: name a test of its own.")
                    % {"name": use.name},
                )


@check("sample.no_test")
def samples_have_a_test(outline: Outline) -> Iterator[Fault]:
    """Each sample is for a test."""
    for place in outline.all_steps:
        if place.step.kind == "sample" and not outline.uses(place):
            yield Fault((*place.path, "tests"), _("The sample is for no test."))


@check("sample.no_hold")
def samples_have_a_hold_time(outline: Outline) -> Iterator[Fault]:
    """Each sample says how long it may wait for its test: else nobody sees that it is too old."""
    for place in outline.all_steps:
        if place.step.kind == "sample" and field_of(place.step, "hold") is None:
            sentence = _("Nothing says how long this sample may wait for its test: give its hold "
                         "time (hold).")  # fmt: skip
            yield Fault((*place.path, "hold"), sentence, Weight.WARNING)


@check("sample.hold_none")
def samples_may_wait_a_little(outline: Outline) -> Iterator[Fault]:
    """A sample can be tested in time: its hold time is longer than nothing."""
    for place in outline.all_steps:
        hold = field_of(place.step, "hold") if place.step.kind == "sample" else None
        longest = span_of(outline, hold)
        if longest is not None and longest == timedelta():
            sentence = _("No sample is tested as it is drawn: its hold time is more than nothing.")
            yield Fault((*place.path, "hold"), sentence)


@check("specification.empty")
def something_is_specified(outline: Outline) -> Iterator[Fault]:
    """A recipe without a specification is named: what it makes is released by nothing."""
    if not outline.recipe.specification:
        yield Fault(
            ("specification",),
            _("The recipe has no specification: nothing is tested before release."),
            Weight.WARNING,
        )
