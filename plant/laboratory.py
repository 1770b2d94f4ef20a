"""The laboratory of a simulated plant: receives samples, enters results, reviews them."""

from decimal import Decimal
from random import Random
from uuid import UUID

from batches.selectors import batch_of, facts_of, recipe_of
from mes.lib import clock
from plant.crew import Crew
from quality import services as quality
from quality.enums import SampleState
from quality.models import Result, Sample
from quality.services.results import Typed
from recipes.document import Recipe, SpecificationItem
from recipes.document import Test as LabTest
from recipes.enums import ValueType
from recipes.judging import Facts
from records.reading import reading

ANALYST, SECOND = "lindner", "quist"


def analyse(crew: Crew, batch: UUID, luck: Random, *, only: set[str] | None = None) -> int:
    """Test what was sampled of a batch and has no result yet; return how many results.

    ``only`` names the tests that are due now.
    """
    done = 0
    for sample, tests in _open(crew, batch).items():
        _receive(crew, sample)
        for test in tests:
            if only is None or test in only:
                _test(crew, batch, sample, test, luck)
                done += 1
    return done


def _open(crew: Crew, batch: UUID) -> dict[UUID, list[str]]:
    with reading(site=crew.site):
        have = set(
            Result.objects.filter(sample__batch=batch, interim=False).values_list(
                "sample_id", "test"
            )
        )
        return {
            sample.id: [test for test in sample.tests if (sample.id, test) not in have]
            for sample in Sample.objects.of_batch(batch).order_by("drawn_at", "id")
        }


def _receive(crew: Crew, sample: UUID) -> None:
    with reading(site=crew.site):
        drawn = Sample.objects.get(id=sample).state == SampleState.DRAWN
    if drawn:
        quality.receive_sample(
            command=crew.command(ANALYST, "quality.receive_sample"), sample=sample,
            condition="Intact, label legible",
        )  # fmt: skip


def _test(crew: Crew, batch: UUID, sample: UUID, test: str, luck: Random) -> None:
    with reading(site=crew.site):
        value = _value(crew, batch, test, luck)
    entered = quality.enter_result(
        command=crew.command(ANALYST, "quality.enter_result"), sample=sample,
        typed=Typed(test=test, value=value, method="SOP", equipment="FC-01"),
    )  # fmt: skip
    quality.review_result(
        command=crew.command(SECOND, "quality.review_result"),
        result=UUID(str(entered["result"])), proof=crew.proof(SECOND),
    )  # fmt: skip


def _value(crew: Crew, batch: UUID, key: str, luck: Random) -> str:
    seen = batch_of(batch)
    recipe = recipe_of(seen)
    test = recipe.test_by_key[key]
    if test.value == ValueType.TEXT:
        return next(one.key for one in test.options if not one.flag)
    last = list(recipe.steps())[-1]
    number = _good(recipe, test, facts_of(seen, last, at=clock.now()))
    scatter = Decimal(luck.randrange(-20, 21)) / 1000
    return format((number * (1 + scatter)).quantize(Decimal("0.01")).normalize(), "f")


def _good(recipe: Recipe, test: LabTest, facts: Facts) -> Decimal:
    """Return a value well inside what the specification, or the test's own limits, want."""
    item = next((one for one in recipe.specification if one.test == test.key), None)
    low, high = _bounds(item, test, facts)
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return min(low * Decimal("1.12"), Decimal(95)) if test.unit == "%" else low * 2
    return high / 4 if high is not None else Decimal(50)


def _bounds(
    item: SpecificationItem | None, test: LabTest, facts: Facts
) -> tuple[Decimal | None, Decimal | None]:
    band = item.limits if item else (test.limits.action if test.limits else None)
    low = (item.above if item else None) or (band.low if band else None)
    high = (item.below if item else None) or (band.high if band else None)
    return (
        facts.evaluate(low) if low is not None else None,
        facts.evaluate(high) if high is not None else None,
    )
