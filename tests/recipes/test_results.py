"""Results of tests, against an IPC's limits and the specification."""

from datetime import UTC, datetime

import pytest

from recipes import reader, results
from recipes.enums import Outcome
from recipes.judging import Facts, ValueMissing, ValueNotUnderstood
from tests.recipes.texts import CART19

RECIPE = reader.read(CART19)
ITEMS = {item.key: item for item in RECIPE.specification}
FACTS = Facts(
    at=datetime(2026, 11, 16, tzinfo=UTC),
    inputs={"patient_weight": "70"},
    parameters=RECIPE.parameter_values,
)


@pytest.mark.parametrize(
    ("item", "value", "meets"),
    [
        ("viability", "80", True),
        ("viability", "79.9", False),
        ("car", "10.0", True),
        ("dose", "56000000", True),
        ("dose", "55999999", False),
        ("dose", "84000000", True),
        ("dose", "84000001", False),
        ("endotoxin", "4.99", True),
        ("endotoxin", "5", False),
        ("endotoxin", "<5", True),
        ("endotoxin", "<0.25", True),
        ("endotoxin", "<6", False),
        ("endotoxin", ">1", False),
        ("viability", "<99", False),
        ("viability", ">90", True),
        ("viability", ">70", False),
        ("sterility", "negative", True),
        ("sterility", "positive", False),
        ("appearance", "conforms", True),
    ],
)
def test_a_result_meets_the_specification_or_not(item: str, value: str, meets: bool) -> None:
    asked = ITEMS[item]
    assert results.meets(asked, RECIPE.test_by_key[asked.test], value, FACTS) is meets


@pytest.mark.parametrize(
    ("test", "value"),
    [("viability", "good"), ("viability", ""), ("viability", "80,5"), ("sterility", "80"),
     ("viability", "<"), ("viability", "<<3")],
)  # fmt: skip
def test_what_is_no_result_of_the_test_is_refused(test: str, value: str) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        results.read(RECIPE.test_by_key[test], value)
    assert caught.value.field == "value"


@pytest.mark.parametrize(
    ("test", "value", "outcome"),
    [
        ("ipc-car", "5", Outcome.CLEARED),
        ("ipc-car", "4.9", Outcome.FLAGGED),
        ("ipc-car", "<5", Outcome.FLAGGED),
        ("ipc-viability", "12", Outcome.UNCHECKED),
        ("ipc-sterility", "negative", Outcome.CLEARED),
        ("ipc-sterility", "positive", Outcome.FLAGGED),
    ],
)
def test_an_in_process_result_is_judged_by_its_limits(
    test: str, value: str, outcome: Outcome
) -> None:
    assert results.judge(RECIPE.test_by_key[test], value, FACTS).outcome == outcome


def test_a_dose_needs_the_weight_that_the_order_brings() -> None:
    bare = Facts(at=FACTS.at, parameters=RECIPE.parameter_values)
    with pytest.raises(ValueMissing):
        results.meets(ITEMS["dose"], RECIPE.test_by_key["dose"], "7e7", bare)


@pytest.mark.parametrize(("given", "kept"), [("<0.250", "<0.250"), ("> 3", ">3"), ("1e2", "100")])
def test_a_result_is_kept_as_it_was_reported(given: str, kept: str) -> None:
    assert results.read(RECIPE.test_by_key["viability"], given) == kept
