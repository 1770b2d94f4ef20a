from decimal import Decimal

import pytest

from recipes import dimensions, units

UNITS = {
    "count": "{cells}", "volume": "mL", "more": "L", "titre": "{TU}/mL", "moi": "{TU}/{cells}",
    "share": "%", "weight": "kg", "level": "{cells}/kg", "time": "h",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("mL", True), ("{cells}/mL", True), ("10*6.{cells}/mL", True), ("[EU]/mL", True),
        ("mmol/L", True), ("1", True), ("%", True), ("Cel/min", True), ("g/m2", True),
        ("ml", False), ("cells", False), ("", False), ("mL/", False), ("°C", False),
        ("mL//L", False), ("{people}", False),
    ],
)  # fmt: skip
def test_a_unit_is_a_code_that_recipes_may_use(code: str, known: bool) -> None:
    assert units.known(code) is known


@pytest.mark.parametrize(
    ("formula", "gives"),
    [
        ("count / volume", "{cells}/mL"),
        ("moi * count / titre", "mL"),
        ("count * share / 100", "{cells}"),
        ("100 * volume / volume", "%"),
        ("volume + 5", "mL"),
        ("level * weight", "{cells}"),
        ("max(volume, 3)", "mL"),
        ("volume if time > 2 else 7", "mL"),
        ("volume ** 2 / volume", "mL"),
        ("round(volume, 1)", "mL"),
    ],
)
def test_units_that_fit_are_left_alone(formula: str, gives: str) -> None:
    dimensions.check(formula, unit_of=UNITS.get, gives=gives)


@pytest.mark.parametrize(
    ("formula", "gives"),
    [
        ("count + volume", None),
        ("volume + more", "mL"),
        ("count / volume", "mL"),
        ("count / more", "{cells}/mL"),
        ("volume if time > volume else 7", "mL"),
        ("min(count, time)", None),
        ("moi * count", "{cells}"),
    ],
)
def test_units_that_do_not_fit_are_named(formula: str, gives: str | None) -> None:
    with pytest.raises(dimensions.UnitMismatch) as caught:
        dimensions.check(formula, unit_of=UNITS.get, gives=gives)
    assert str(caught.value)


def test_a_time_has_seconds() -> None:
    assert [units.seconds_in(code) for code in ("d", "h", "min", "s")] == [
        Decimal(86_400), Decimal(3_600), Decimal(60), Decimal(1)
    ]  # fmt: skip
    with pytest.raises(ValueError, match="mL"):
        units.seconds_in("mL")


def test_what_has_no_unit_is_named_so() -> None:
    with pytest.raises(dimensions.UnitMismatch) as caught:
        dimensions.check("a / a + b", unit_of={"a": "mL", "b": "mL"}.get, gives=None)
    assert str(caught.value).startswith("a number without a unit and ")


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [("mL", "L", True), ("10*6.{cells}", "{cells}", True), ("mL/L", "%", True),
     ("h", "L", False), ("{cells}", "{copies}", False), ("1", "{cells}", False)],
)  # fmt: skip
def test_what_measures_the_same_thing_is_alike(one: str, other: str, said: bool) -> None:
    assert units.alike(one, other) is said
