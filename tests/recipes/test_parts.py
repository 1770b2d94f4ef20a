from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes.parts import (
    Text,
    duration_text,
    parse_decimal,
    parse_duration,
    parse_flag,
    parse_span,
    parse_whole,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("6 h", 6 * HOUR), ("90 min", 1.5 * HOUR), ("1 d 12 h", 36 * HOUR), ("0 min", 0 * HOUR),
        ("1.5 h", 1.5 * HOUR), ("30min", HOUR / 2), ("45 s", timedelta(seconds=45)),
    ],
)  # fmt: skip
def test_a_duration_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "6", "h", "PT6H", "-6 h", "6 hours", "12:30", 6, None])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["3650 d 1 s", "999999 d " * 2_000, "999999 d"])
def test_a_duration_is_one_that_somebody_waits_for(text: str) -> None:
    assert parse_duration("3650 d") == timedelta(days=3650)
    with pytest.raises(ValueError, match="at most 3650 d"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**8))
def test_a_duration_is_written_as_it_is_read(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_duration(duration_text(span)) == span


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.9e8", Decimal("0.9e8")), ("1.10", Decimal("1.10")), (" -5 ", Decimal(-5))],
)
def test_a_number_is_read_from_text(text: str, number: Decimal) -> None:
    assert parse_decimal(text) == number


@pytest.mark.parametrize(
    "given", [0.1, 1, True, None, "", "1,5", "NaN", "Infinity", "1e999", "0x1", "1 000", "٣"]
)
def test_what_is_no_number_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_decimal(given)


@pytest.mark.parametrize(
    ("given", "flag"), [("true", True), ("false", False), (True, True), (False, False)]
)
def test_a_flag_is_true_or_false(given: object, flag: bool) -> None:
    assert parse_flag(given) is flag


@pytest.mark.parametrize("given", ["yes", "no", "on", "1", 1, "True", "", None])
def test_what_is_neither_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="true or false"):
        parse_flag(given)


@pytest.mark.parametrize("given", ["2.0", "two", "", 2.0, True, None, "9" * 10])
def test_what_is_no_whole_number_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        parse_whole(given)


def test_a_span_is_a_duration_or_a_parameter() -> None:
    assert (parse_span("6 h"), parse_span("parameters.hold")) == (6 * HOUR, "parameters.hold")
    with pytest.raises(ValueError, match="duration"):
        parse_span("inputs.hold")


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Ja"), ("de-AT", "Ja"), ("en", "Yes"), ("ja", "Yes")]
)
def test_a_text_is_said_in_the_nearest_language(language: str, said: str) -> None:
    assert Text({"en": "Yes", "de": "Ja"}).say(language) == said
