"""Units of measure, written in UCUM codes (``{cells}/mL``, ``10*6/mL``, ``[EU]/mL``, ``Cel``).

pint does the algebra, in a registry of our own that knows only these: the full registry takes
0.4 s to load and would accept what no recipe means. Counts are units here: cells, copies and
transducing units are not the same thing, though UCUM lets all three be 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

# UCUM code → (name in the registry, definition there).
ATOMS: Mapping[str, tuple[str, str]] = {
    "1": ("one", "one = []"),
    "%": ("percent", "percent = []"),
    "L": ("litre", "litre = [volume]"),
    "dL": ("decilitre", "decilitre = 1e-1 * litre"),
    "mL": ("millilitre", "millilitre = 1e-3 * litre"),
    "uL": ("microlitre", "microlitre = 1e-6 * litre"),
    "kg": ("kilogram", "kilogram = 1e3 * gram"),
    "g": ("gram", "gram = [mass]"),
    "mg": ("milligram", "milligram = 1e-3 * gram"),
    "ug": ("microgram", "microgram = 1e-6 * gram"),
    "ng": ("nanogram", "nanogram = 1e-9 * gram"),
    "d": ("day", "day = 86400 * second"),
    "h": ("hour", "hour = 3600 * second"),
    "min": ("minute", "minute = 60 * second"),
    "s": ("second", "second = [time]"),
    "Cel": ("celsius", "celsius = [temperature]"),
    "mol": ("mole", "mole = [substance]"),
    "mmol": ("millimole", "millimole = 1e-3 * mole"),
    "umol": ("micromole", "micromole = 1e-6 * mole"),
    "m": ("metre", "metre = [length]"),
    "cm": ("centimetre", "centimetre = 1e-2 * metre"),
    "mm": ("millimetre", "millimetre = 1e-3 * metre"),
    "mbar": ("millibar", "millibar = [pressure]"),
    "[EU]": ("endotoxin_unit", "endotoxin_unit = [endotoxin]"),
    "[IU]": ("international_unit", "international_unit = [activity]"),
    "{cells}": ("cells", "cells = [cells]"),
    "{copies}": ("copies", "copies = [copies]"),
    "{TU}": ("transducing_units", "transducing_units = [transducing]"),
    "{bags}": ("bags", "bags = [containers]"),
    "{pieces}": ("pieces", "pieces = [pieces]"),
    "{vials}": ("vials", "vials = [vials]"),
    "{tests}": ("tests", "tests = [tests]"),
    "{rpm}": ("turns", "turns = [turning]"),
}
FACTOR = re.compile(r"10\*(-?\d{1,2})", re.ASCII)
POWER = re.compile(r"(.+?)(-?\d)", re.ASCII)


@cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint  # noqa: PLC0415 - slow to import, and few commands need it

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Decimal)
    for _name, definition in sorted(ATOMS.values(), key=lambda atom: "*" in atom[1]):
        registry.define(definition)
    return registry


def _term(term: str) -> str | None:
    factor = FACTOR.fullmatch(term)
    if factor:
        return f"1e{factor[1]}"
    if term in ATOMS:
        return ATOMS[term][0]
    power = POWER.fullmatch(term)
    if power and power[1] in ATOMS:
        return f"{ATOMS[power[1]][0]}**{power[2]}"
    return None


@lru_cache(maxsize=512)
def expression(code: str) -> str | None:
    """Return the registry's expression for a UCUM code, or None when it is unknown."""
    pieces = re.split(r"([./])", code.strip())
    terms = [_term(piece) for piece in pieces[::2]]
    if not all(terms):
        return None
    signs = ["*" if sign == "." else "/" for sign in pieces[1::2]] + [""]
    return "".join(f"{term}{sign}" for term, sign in zip(terms, signs, strict=True))


def known(code: str) -> bool:
    """Tell whether a unit's code is one that recipes may use."""
    return expression(code) is not None


@lru_cache(maxsize=512)
def quantity(code: str) -> Any:
    """Return one of this unit, as a pint quantity; raises ValueError when it is unknown."""
    written = expression(code)
    if written is None:
        raise ValueError(code)
    return _registry().Quantity(Decimal(1), "") * _registry().parse_expression(written)


def same(one: Any, other: Any) -> bool:
    """Tell whether two quantities have one dimension and one scale."""
    if one.magnitude == other.magnitude and one.units == other.units:
        return True
    ratio = (one / other).to_base_units()
    return bool(ratio.dimensionless and abs(ratio.magnitude - 1) < Decimal("1e-12"))


@lru_cache(maxsize=2048)
def alike(one: str, other: str) -> bool:
    """Tell whether two known units measure the same thing, be it on another scale."""
    return bool((quantity(one) / quantity(other)).to_base_units().dimensionless)


def seconds_in(code: str) -> Decimal:
    """Return the seconds in a unit of time; raises ValueError for any other unit."""
    seconds = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    if code not in seconds:
        raise ValueError(code)
    return Decimal(seconds[code])


def time_of(value: Decimal, code: str) -> timedelta:
    """Return a number of a unit of time; raises ValueError for another unit or a time too long."""
    try:
        return timedelta(seconds=int(value * seconds_in(code)))
    except (ArithmeticError, OverflowError) as error:
        raise ValueError(value) from error
