"""Specification, tests and samples, each with the others."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import formulas
from recipes.document import SpecificationItem
from recipes.enums import ValueType
from recipes.messages import Weight
from recipes.outline import Fault, Outline, check


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
        if not answers.issuperset(item.accepts):
            yield Fault((*path, "accepts"), _("The test does not give all of these answers."))


def _bounds(item: SpecificationItem) -> tuple[str, ...]:
    own = (item.limits.low, item.limits.high) if item.limits else ()
    return tuple(bound for bound in (*own, item.above, item.below) if bound is not None)


@check("specification.name")
def bounds_of_known_things(outline: Outline) -> Iterator[Fault]:
    """A bound of the specification uses inputs and parameters of the recipe."""
    known = {f"inputs.{given.name}" for given in outline.recipe.inputs}
    known |= {f"parameters.{parameter.key}" for parameter in outline.recipe.parameters}
    for number, item in enumerate(outline.recipe.specification):
        for bound in _bounds(item):
            for name in formulas.parse(bound).names:
                if name not in known:
                    yield Fault(
                        ("specification", number, "limits"),
                        _("There is no %(name)s.") % {"name": name},
                    )


@check("test.no_sample")
def tests_have_a_sample(outline: Outline) -> Iterator[Fault]:
    """Each test has a step that takes a sample for it."""
    for number, test in enumerate(outline.recipe.tests):
        if test.key not in outline.sampled:
            yield Fault(
                ("tests", number, "key"),
                _("No step takes a sample for the test %(name)s.") % {"name": test.key},
            )


@check("test.twice_sampled")
def tests_have_one_sample(outline: Outline) -> Iterator[Fault]:
    """A test belongs to one sample, so that its result is unmistakable."""
    for place in outline.steps:
        for use in place.step.uses():
            first = outline.sampled.get(use.name)
            if place.step.kind == "sample" and first is not None and first.name != place.name:
                yield Fault(
                    (*place.path, "tests"),
                    _("A sample for %(name)s is taken before: name a test of its own.")
                    % {"name": use.name},
                )


@check("sample.no_test")
def samples_have_a_test(outline: Outline) -> Iterator[Fault]:
    """Each sample is for a test."""
    for place in outline.all_steps:
        if place.step.kind == "sample" and not place.step.uses():
            yield Fault((*place.path, "tests"), _("The sample is for no test."))


@check("specification.empty")
def something_is_specified(outline: Outline) -> Iterator[Fault]:
    """A recipe without a specification is named: what it makes is released by nothing."""
    if not outline.recipe.specification:
        yield Fault(
            ("specification",),
            _("The recipe has no specification: nothing is tested before release."),
            Weight.WARNING,
        )
