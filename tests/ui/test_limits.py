from decimal import Decimal

import pytest

from mes.ui import limits
from tests.ui.pages import LIMITS

HALF = Decimal(50)


def test_all_limits_stand_at_equal_distances() -> None:
    scale = limits.scale(LIMITS)
    assert [point.place for point in scale.points] == [
        Decimal(place) for place in ("16.67", "33.33", "50.00", "66.67", "83.33")
    ]
    kinds = [zone.kind for zone in scale.zones]
    assert kinds == ["action", "alert", "in", "in", "alert", "action"]


@pytest.mark.parametrize(
    ("value", "kind", "place"),
    [
        ("1.00", "in", "50.00"),
        ("1.10", "in", "66.67"),
        ("1.14", "alert", "73.33"),
        ("1.20", "alert", "83.33"),
        ("1.21", "action", "85.00"),
        ("9", "action", "97.00"),
        ("0.79", "action", "15.00"),
        ("0", "action", "3.00"),
    ],
)
def test_a_value_on_its_limit_is_inside_it(value: str, kind: str, place: str) -> None:
    scale = limits.scale(LIMITS)
    assert (scale.kind(Decimal(value)), scale.place(Decimal(value))) == (kind, Decimal(place))


def test_one_sided_limit() -> None:
    scale = limits.scale({"action_low": "70"})
    assert [(zone.kind, zone.width) for zone in scale.zones] == [("action", HALF), ("in", HALF)]
    assert [scale.place(Decimal(value)) for value in (60, 70, 80)] == [25, 50, 75]


def test_no_limits() -> None:
    scale = limits.scale({})
    assert [zone.kind for zone in scale.zones] == ["in"]
    assert (scale.kind(Decimal(5)), scale.place(Decimal(5))) == ("in", HALF)


def test_equal_limits_do_not_divide_by_nothing() -> None:
    scale = limits.scale({"alert_low": "1", "alert_high": "1"})
    assert scale.kind(Decimal(1)) == "in"
    assert scale.place(Decimal(1)) == Decimal("33.33")


def test_a_limit_must_be_a_number() -> None:
    with pytest.raises(ValueError, match=r"A limit is not a decimal number\."):
        limits.scale({"target": "about one"})
