"""How times, quantities and durations are written. Times are shown in the site's active zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

_NARROW: Final = "\u202f"
_SUPERSCRIPT: Final = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
# UCUM codes that people write differently; annotations in braces are their own words.
_PRINTED: Final = MappingProxyType(
    {"Cel": "°C", "uL": "µL", "ug": "µg", "um": "µm", "um2": "µm²", "1": "", "d": "d",
     "[g]": "× g", "Ohm": "Ω", "[TCID_50]": "TCID₅₀", "[arb'U]": "AU"}
)  # fmt: skip
_LARGE: Final = Decimal(1_000_000)


def unit_text(unit: str) -> str:
    """Return a UCUM unit as people write it: `{cells}/mL` is "cells/mL", `[EU]` is "EU"."""
    text = _counted(unit, 2) or _PRINTED.get(unit, unit)
    text = re.sub(r"10[*^](-?\d+)", lambda m: "× 10" + m.group(1).translate(_SUPERSCRIPT), text)
    text = re.sub(r"(?<!\w)u(?=(L|g|m|mol)\b)", "µ", text)
    text = re.sub(r"\{(\w+)\}", lambda m: _word(m[1]), text)
    return re.sub(r"(?<=10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])\.", " ", re.sub(r"[{}\[\]]", "", text))


def _word(word: str) -> str:
    """Return an annotation of UCUM in the reader's language where we have a word for it."""
    known = {
        "cells": pgettext("unit", "cells"), "copies": pgettext("unit", "copies"),
        "cell": pgettext("unit", "cell"),
    }  # fmt: skip
    return known.get(word, word)


def number_text(value: object) -> str:
    """Return a decimal with the site's sign and all its digits; from a million on as × 10ⁿ.

    What is not a number is returned as it is.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    if abs(number) >= _LARGE or "E" in str(number):
        return _with_power(number)
    return formats.number_format(number, use_l10n=True, force_grouping=abs(number) >= 10_000)


def _with_power(number: Decimal) -> str:
    exponent = number.adjusted()
    digits = number.scaleb(-exponent)
    if number == number.to_integral_value():
        digits = digits.normalize()
    mantissa = formats.number_format(format(digits, "f"), use_l10n=True)
    return f"{mantissa}{_NARROW}×{_NARROW}10{str(exponent).translate(_SUPERSCRIPT)}"


def _counted(unit: str, n: int) -> str | None:
    """Return what is counted in the reader's language: one piece, two pieces; None for measures."""
    match unit:
        case "{pieces}":
            return ngettext("piece", "pieces", n)
        case "{vials}":
            return ngettext("vial", "vials", n)
        case _:
            return None


def quantity_text(value: object, unit: str) -> str:
    """Return number and unit with a space that does not break: "180 mL", "1 vial"."""
    printed = _counted(unit, 1 if str(value) == "1" else 2) or unit_text(unit)
    return f"{number_text(value)}\u00a0{printed}" if printed else number_text(value)


def plain_text(value: Decimal) -> str:
    """Return a decimal without the zeros that a column of the database adds."""
    return format(value.normalize(), "f") if value else "0"


def range_text(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Return limits as people write them: "2 … 8 °C", or with one end "≤ 8 °C"."""
    ends = [None if one is None else number_text(plain_text(one)) for one in (low, high)]
    match ends:
        case [str(first), str(last)]:
            said = f"{first} … {last}"
        case [None, last]:
            said = f"≤ {last}"
        case [first, _none]:
            said = f"≥ {first}"
    printed = unit_text(unit)
    return f"{said}\u00a0{printed}" if printed else said


def local(at: datetime) -> datetime:
    """Return `at` in the site's zone. Raises ValueError for a naive time."""
    return timezone.localtime(at)


def offset_text(at: datetime) -> str:
    """Return the zone's distance from UTC at that time: UTC+1, UTC-3:30."""
    offset = local(at).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def zone_text(at: datetime) -> str:
    """Return the zone as written beside a time: CET, or UTC+3 where a zone has no letters."""
    name = local(at).strftime("%Z")
    return name if name[:1].isalpha() else offset_text(at)


def day_text(at: datetime) -> str:
    """Return the day: 17 Nov 2026."""
    return formats.date_format(local(at), "j M Y")


def date_text(day: date | str) -> str:
    """Return a day of the calendar, which has no zone: 17 Nov 2026. As text it is ISO 8601."""
    return formats.date_format(date.fromisoformat(day) if isinstance(day, str) else day, "j M Y")


def time_text(at: datetime) -> str:
    """Return the time of day: 13:51."""
    return formats.date_format(local(at), "H:i")


def moment_text(at: datetime) -> str:
    """Return day, time and zone: 17 Nov 2026, 13:51 CET."""
    return f"{day_text(at)}, {time_text(at)} {zone_text(at)}"


def short_text(at: datetime, now: datetime) -> str:
    """Return day and time without zone, the year only when it is not this one: 17 Nov 13:51."""
    same = local(at).year == local(now).year
    return f"{formats.date_format(local(at), 'j M' if same else 'j M Y')} {time_text(at)}"


def part_text(ref: str) -> str:
    """Return where in a recipe something is, from its ref: "fill › fill › split, time 2"."""
    path, sign, time = ref.partition("#")
    place = " › ".join(path.split("/"))
    return _("%(title)s, time %(n)s") % {"title": place, "n": time} if sign else place


def signed_text(at: datetime) -> str:
    """Return a time as signatures show it: 17 Nov 2026, 13:51:07 CET (UTC+1)."""
    zone, offset = zone_text(at), offset_text(at)
    words = f"{day_text(at)}, {formats.date_format(local(at), 'H:i:s')} {zone}"
    return words if zone in {"UTC", offset} else f"{words} ({offset})"


def duration_text(length: timedelta) -> str:
    """Return a length in its two largest units: "21 h 48 min", "3 d 4 h", "45 s"."""
    seconds = int(abs(length).total_seconds())
    if seconds < 60:
        return _("%(s)s s") % {"s": seconds}
    minutes = seconds // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(d)s d %(h)s h") % {"d": days, "h": hours} if hours else _days(days)
    if hours:
        return _("%(h)s h %(min)s min") % {"h": hours, "min": minutes}
    return _("%(min)s min") % {"min": minutes}


def _days(days: int) -> str:
    return ngettext("%(d)s day", "%(d)s days", days) % {"d": days}


def relative_text(at: datetime, now: datetime) -> str:
    """Return the distance from `now`: "in 20 min", "3 h 5 min ago", "now" within ten seconds."""
    distance = at - now
    if abs(distance) < timedelta(seconds=10):
        return _("now")
    words = duration_text(distance)
    if distance > timedelta():
        return _("in %(length)s") % {"length": words}
    return _("%(length)s ago") % {"length": words}


def left_text(until: datetime, now: datetime) -> str:
    """Return what is left of a time that holds, or by how much it was missed."""
    words = duration_text(until - now)
    if until <= now:
        return _("missed by %(length)s") % {"length": words}
    return _("%(length)s left") % {"length": words}
