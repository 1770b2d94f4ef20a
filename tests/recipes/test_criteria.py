"""Whether a value meets a criterion of release; what cannot be judged does not."""

from datetime import UTC, datetime

import pytest

from recipes import reader
from recipes.criteria import items_of, meets
from recipes.judging import Facts
from tests.recipes.texts import CART19

RECIPE = reader.read(CART19)
AT = datetime(2026, 11, 16, tzinfo=UTC)
FACTS = Facts(
    at=AT, inputs={"patient_weight": "70"}, parameters={"dose_level": ("1e6", "{cells}/kg")}
)


@pytest.mark.parametrize(
    ("test", "value", "met"),
    [
        ("viability", "80", True),
        ("viability", "79.9", False),
        ("dose", "5.6e7", True),
        ("dose", "8.41e7", False),
        ("endotoxin", "4.99", True),
        ("endotoxin", "5", False),
        ("appearance", "conforms", True),
        ("appearance", "deviates", False),
        ("viability", "good", False),
    ],
)
def test_a_value_meets_its_criterion_or_not(test: str, value: str, met: bool) -> None:
    [item] = items_of(RECIPE, test)
    assert meets(item, value, FACTS) is met


def test_a_missing_fact_fails_closed() -> None:
    [item] = items_of(RECIPE, "dose")
    assert not meets(item, "7e7", Facts(at=AT))
