"""The shelf life: from a step that comes for certain, a time, and long enough to be released in."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from recipes import paths
from recipes.conditions import over
from recipes.elapsed import elapsed_of
from recipes.enums import ReleaseStage
from recipes.faults import Fault, check
from recipes.messages import Weight
from recipes.moments import Limit, is_before
from recipes.outline import Outline
from recipes.parts import duration_text
from recipes.places import StepPlace
from recipes.spans import ZERO, Case, span_of

# What went into a product is kept as if it had kept so long (records.retention.SHELF_LIFE).
LONGEST_SHELF_LIFE = timedelta(days=5 * 365)


@check("shelf_life.step")
def expiry_can_be_reckoned(outline: Outline) -> Iterator[Fault]:
    """The shelf life runs from a step that every batch does, so that each product has an expiry."""
    life = outline.recipe.shelf_life
    if life is None:
        return
    step, words = outline.by_name.get(paths.normal(life.from_)), {"name": life.from_}
    if step is None:
        yield Fault(("shelf_life", "from"), _("There is no step %(name)s.") % words)
    elif step.operation.stage is None or over(outline, step):
        sentence = _("The step %(name)s may be skipped: the product would have no expiry.")
        yield Fault(("shelf_life", "from"), sentence % words)


@check("shelf_life.time")
def shelf_life_is_a_time(outline: Outline) -> Iterator[Fault]:
    """The shelf life is a time, and records are kept long enough for the longest of them."""
    life = outline.recipe.shelf_life
    if life is None:
        return
    longest, path = span_of(outline, life.max, highest=True), ("shelf_life", "max")
    if longest is None:
        yield Fault(path, _("There is no %(name)s that is a time.") % {"name": life.max})
    elif not timedelta() < longest <= LONGEST_SHELF_LIFE:
        said = duration_text(LONGEST_SHELF_LIFE)
        yield Fault(path, _("A shelf life is longer than nothing and at most %(most)s.") % {
            "most": said})  # fmt: skip


@check("shelf_life.release")
def products_are_released_before_they_expire(outline: Outline) -> Iterator[Fault]:
    """What is needed for release is found out while the product still keeps."""
    life, recipe = outline.recipe.shelf_life, outline.recipe
    begun = outline.by_name.get(paths.normal(life.from_)) if life else None
    keeps = span_of(outline, life.max, highest=True) if life else None
    if begun is None or begun.operation.stage is None or not keeps:
        return
    late = [
        (number, test, sample) for number, item in enumerate(recipe.specification)
        if item.needed == ReleaseStage.RELEASE
        and (test := recipe.test_by_key.get(item.test)) is not None
        and (sample := outline.sampled.get(item.test)) is not None and test.turn_round > keeps
    ]  # fmt: skip
    ahead = _ahead(outline, [sample for _number, _test, sample in late], begun)
    for number, test, sample in late:
        words = {"takes": duration_text(test.turn_round), "keeps": duration_text(keeps)}
        path = ("specification", number, "test")
        if sample.number >= begun.number:
            sentence = _("The result takes %(takes)s, and the product keeps %(keeps)s: it is never "
                         "released in time.")  # fmt: skip
            yield Fault(path, sentence % words)
        elif test.turn_round > keeps + ahead.get(sample.number, ZERO):
            sentence = _("The result takes %(takes)s, and the product keeps %(keeps)s: as a rule "
                         "it has expired by then.")  # fmt: skip
            yield Fault(path, sentence % words, Weight.WARNING)


def _ahead(outline: Outline, samples: list[StepPlace], begun: StepPlace) -> dict[int, timedelta]:
    """Return how long before the product keeps each sample is drawn as a rule, by its number."""
    each = {one.number: one for one in samples}.values()
    before = [one for one in each if is_before(outline, one, begun)]
    found = elapsed_of(outline, Case.RULE).takes([Limit((), one, begun, ZERO) for one in before])
    return {one.number: takes or ZERO for one, takes in zip(before, found, strict=True)}
