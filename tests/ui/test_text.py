from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from mes.ui import text

AT = datetime(2026, 11, 17, 12, 51, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def berlin() -> Iterator[None]:
    with timezone.override("Europe/Berlin"), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("mL", "mL"),
        ("Cel", "°C"),
        ("{cells}", "cells"),
        ("{cells}/mL", "cells/mL"),
        ("10*6/mL", "× 10⁶/mL"),
        ("10*8.{cells}", "× 10⁸ cells"),
        ("ug/mL", "µg/mL"),
        ("uL", "µL"),
        ("1", ""),
        ("%", "%"),
        ("[pH]", "pH"),
        ("[CFU]/m3", "CFU/m3"),
        ("mm[Hg]", "mmHg"),
        ("[g]", "× g"),
        ("[TCID_50]", "TCID₅₀"),
    ],
)
def test_unit(unit: str, printed: str) -> None:
    assert text.unit_text(unit) == printed


def test_what_is_counted_is_written_in_the_readers_language_and_number() -> None:
    with translation.override("de"):
        assert text.unit_text("10*6.{cells}/mL") == "× 10⁶ Zellen/mL"
        assert text.unit_text("{copies}/{cell}") == "Kopien/Zelle"
    counted = [text.quantity_text(n, "{vials}") for n in ("1", "2", "1.5")]
    assert counted == ["1\u00a0vial", "2\u00a0vials", "1.5\u00a0vials"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("180", "180"),
        ("1.10", "1.10"),
        ("9999", "9999"),
        ("12345.5", "12,345.5"),
        ("3100000000", "3.1\u202f×\u202f10⁹"),
        ("1E+8", "1\u202f×\u202f10⁸"),
        ("1.50E+8", "1.5\u202f×\u202f10⁸"),
        ("-5", "-5"),
        ("clear", "clear"),
        ("NaN", "NaN"),
    ],
)
def test_number(value: str, written: str) -> None:
    assert text.number_text(value) == written


def test_number_has_the_sign_of_the_language() -> None:
    with translation.override("de"):
        assert text.number_text("1.10") == "1,10"


def test_quantity_never_breaks_before_its_unit() -> None:
    assert text.quantity_text("180", "mL") == "180\u00a0mL"
    assert text.quantity_text("7", "1") == "7"


def test_moment_has_its_zone() -> None:
    assert text.moment_text(AT) == "17 Nov 2026, 13:51 CET"


@pytest.mark.req("P11-50")
def test_signed_moment_has_seconds_and_offset() -> None:
    assert text.signed_text(AT) == "17 Nov 2026, 13:51:07 CET (UTC+1)"
    with timezone.override("UTC"):
        assert text.signed_text(AT) == "17 Nov 2026, 12:51:07 UTC"


@pytest.mark.parametrize(
    ("zone", "written"),
    [("America/Sao_Paulo", "UTC-3"), ("Asia/Kolkata", "IST"), ("Asia/Kathmandu", "UTC+5:45")],
)
def test_zone_without_letters_is_written_as_offset(zone: str, written: str) -> None:
    with timezone.override(zone):
        assert text.zone_text(AT) == written


def test_short_moment_names_another_year() -> None:
    assert text.short_text(AT, AT) == "17 Nov 13:51"
    assert text.short_text(AT, AT + timedelta(days=60)) == "17 Nov 2026 13:51"


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=47), "47 min"),
        (timedelta(hours=21, minutes=48), "21 h 48 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_duration(length: timedelta, written: str) -> None:
    assert text.duration_text(length) == written


def test_relative_and_left() -> None:
    twenty = timedelta(minutes=20)
    assert text.relative_text(AT + twenty, AT) == "in 20 min"
    assert text.relative_text(AT - twenty, AT) == "20 min ago"
    assert text.relative_text(AT, AT) == "now"
    assert text.left_text(AT + twenty, AT) == "20 min left"
    assert text.left_text(AT - twenty, AT) == "missed by 20 min"
