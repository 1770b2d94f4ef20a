from decimal import Decimal

import pytest

from recipes import dimensions, unit_words, units

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
        ("[pH]", True), ("kPa", True), ("bar", True), ("mm[Hg]", True), ("[CFU]/m3", True),
        ("mosm/kg", True), ("wk", True), ("10^6.{cells}", True), ("[g]", True), ("pg/mL", True),
        ("mS/cm", True), ("Gy", True), ("{vg}/{cells}", True), ("U/mL", True), ("U/min", False),
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
    assert [units.seconds_in(code) for code in ("wk", "d", "h", "min", "s")] == [
        Decimal(604_800), Decimal(86_400), Decimal(3_600), Decimal(60), Decimal(1)
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
     ("h", "L", False), ("{cells}", "{copies}", False), ("1", "{cells}", False),
     ("bar", "mm[Hg]", True), ("m3", "L", True), ("k[IU]", "[IU]", True), ("[pH]", "1", False),
     ("K", "Cel", False), ("osm", "mol", False), ("[g]", "g", False), ("[CFU]", "1", False)],
)  # fmt: skip
def test_what_measures_the_same_thing_is_alike(one: str, other: str, said: bool) -> None:
    assert units.alike(one, other) is said


@pytest.mark.parametrize(
    ("one", "other"),
    [("kPa", "10*1.mbar"), ("bar", "10*2.kPa"), ("10*-3.m3", "L"), ("hPa", "mbar"),
     ("10*6.[IU]", "M[IU]")],
)  # fmt: skip
def test_two_spellings_of_one_unit_are_one(one: str, other: str) -> None:
    assert units.same(units.quantity(one), units.quantity(other))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pH", "[pH]"), ("kpa", "kPa"), ("KBE/mL", "[CFU]/mL"), ("mOsm/kg", "mosm/kg"),
        ("Wochen", "wk"), ("ml", "mL"), ("\u00b5L", "uL"), ("\u03bcg", "ug"), ("\u00b0C", "Cel"),
        ("cells/ml", "{cells}/mL"), ("Zellen pro mL", "{cells}/mL"), ("U/min", "{rpm}"),
        ("10^6 cells/mL", "10*6.{cells}/mL"), ("1e6 {cells}", "10*6.{cells}"), ("mM", "mmol/L"),
        ("cm\u00b2", "cm2"), ("Celcius", "Cel"), ("minuts", "min"), ("xg", "[g]"),
        ("banana", None), ("mL/", None), ("", None), ("{people}", None), ("mL//L", None),
    ],
)  # fmt: skip
def test_a_near_miss_is_told_what_was_meant(written: str, meant: str | None) -> None:
    assert not units.known(written)
    assert unit_words.meant(written) == meant


def test_every_spelling_leads_to_a_unit_and_hides_none() -> None:
    spellings = {**unit_words.SPELLINGS, **unit_words.EXACT}
    assert {code for code in spellings.values() if not units.known(code)} == set()
    lengths = {"m", "mm", "um", "nm"}
    assert {word for word in spellings if units.known(word)} - lengths == set()
