"""What the specification says of a value: bounds, answers, alerts, and nothing at all."""

from datetime import UTC, datetime

import pytest

from quality import judging
from quality.enums import ResultOutcome
from recipes import reader
from recipes.judging import Facts, ValueNotUnderstood
from tests.builders.quality import RECIPE

FACTS = Facts(at=datetime(2026, 11, 16, tzinfo=UTC), inputs={"patient_weight": "70"})
LIMITS = b'{key: viability, limits: {alert: ["85", null], action: ["70", null]}, unit: "%",'
RECORDED = b'{key: dose, unit: "{cells}", turn_round: 4 h'


def outcome(test: str, value: str, source: bytes = RECIPE) -> str:
    recipe = reader.read(source)
    return judging.judge(recipe, recipe.test_by_key[test], value, FACTS).outcome.value


@pytest.mark.req("F211-165")
@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ("viability", "80", "within"),
        ("viability", "79.99", "outside"),
        ("dose", "7.1e7", "within"),
        ("dose", "7e7", "outside"),
        ("appearance", "conforms", "within"),
        ("appearance", "deviates", "outside"),
        ("sterility", "negative", "within"),
        ("sterility", "positive", "outside"),
    ],
)
def test_value_is_judged_by_the_specification(test: str, value: str, expected: str) -> None:
    assert outcome(test, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("86", "within"), ("82", "alert"), ("60", "outside")]
)
def test_alert_limits_pass_and_are_named(value: str, expected: str) -> None:
    source = RECIPE.replace(b'{key: viability, unit: "%",', LIMITS)
    assert outcome("viability", value, source) == expected


@pytest.mark.parametrize("value", ["", "9,5", "1 000", "NaN", "0x10", "conforms", "٣", "9" * 300])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueNotUnderstood):
        outcome("viability", value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,5", "1.5"), ("1,500", "1.500"), ("0,05", "0.05"), ("1.5", "1.5"), ("0.985", "0.985")],
)
def test_decimal_comma_is_read_for_those_whose_language_writes_it(typed: str, value: str) -> None:
    test = reader.read(RECIPE).test_by_key["viability"]
    assert judging.read_value(test, typed, comma=True) == value


@pytest.mark.parametrize("typed", ["1.500", "12.345", "1.234.567", "1.234,5", "1,234.5", "1,5,5"])
def test_thousands_are_never_guessed(typed: str) -> None:
    test = reader.read(RECIPE).test_by_key["viability"]
    with pytest.raises(ValueNotUnderstood) as refused:
        judging.read_value(test, typed, comma=True)
    assert refused.value.params["name"] == "Viability"


def test_answer_that_the_recipe_does_not_know_is_refused() -> None:
    with pytest.raises(ValueNotUnderstood):
        outcome("appearance", "fine")


def test_kept_value_has_one_form() -> None:
    recipe = reader.read(RECIPE)
    verdict = judging.judge(recipe, recipe.test_by_key["dose"], " 1.40e8 ", FACTS)
    assert (verdict.value, verdict.unit) == ("140000000", "{cells}")
    assert ResultOutcome(verdict.outcome) == ResultOutcome.WITHIN
