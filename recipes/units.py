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

# UCUM code → (name in the registry, definition there). A new atom has a dimension of its own
# unless another one here is a multiple of it.
ATOMS: Mapping[str, tuple[str, str]] = {
    "1": ("one", "one = []"),
    "%": ("percent", "percent = []"),
    "[ppm]": ("parts_per_million", "parts_per_million = [trace]"),
    "L": ("litre", "litre = 1e-3 * metre**3"),
    "dL": ("decilitre", "decilitre = 1e-1 * litre"),
    "mL": ("millilitre", "millilitre = 1e-3 * litre"),
    "uL": ("microlitre", "microlitre = 1e-6 * litre"),
    "nL": ("nanolitre", "nanolitre = 1e-9 * litre"),
    "kg": ("kilogram", "kilogram = 1e3 * gram"),
    "g": ("gram", "gram = [mass]"),
    "mg": ("milligram", "milligram = 1e-3 * gram"),
    "ug": ("microgram", "microgram = 1e-6 * gram"),
    "ng": ("nanogram", "nanogram = 1e-9 * gram"),
    "pg": ("picogram", "picogram = 1e-12 * gram"),
    "wk": ("week", "week = 604800 * second"),
    "d": ("day", "day = 86400 * second"),
    "h": ("hour", "hour = 3600 * second"),
    "min": ("minute", "minute = 60 * second"),
    "s": ("second", "second = [time]"),
    "ms": ("millisecond", "millisecond = 1e-3 * second"),
    "us": ("microsecond", "microsecond = 1e-6 * second"),
    "Hz": ("hertz", "hertz = 1 / second"),
    "Cel": ("celsius", "celsius = [temperature]"),
    # Both count degrees, but from another zero: one is never taken for the other.
    "K": ("kelvin", "kelvin = [absolute_temperature]"),
    "mol": ("mole", "mole = [substance]"),
    "mmol": ("millimole", "millimole = 1e-3 * mole"),
    "umol": ("micromole", "micromole = 1e-6 * mole"),
    "nmol": ("nanomole", "nanomole = 1e-9 * mole"),
    "pmol": ("picomole", "picomole = 1e-12 * mole"),
    "osm": ("osmole", "osmole = [osmosis]"),
    "mosm": ("milliosmole", "milliosmole = 1e-3 * osmole"),
    "eq": ("equivalent", "equivalent = [charges]"),
    "meq": ("milliequivalent", "milliequivalent = 1e-3 * equivalent"),
    "[pH]": ("acidity", "acidity = [acidity]"),
    "m": ("metre", "metre = [length]"),
    "cm": ("centimetre", "centimetre = 1e-2 * metre"),
    "mm": ("millimetre", "millimetre = 1e-3 * metre"),
    "um": ("micrometre", "micrometre = 1e-6 * metre"),
    "nm": ("nanometre", "nanometre = 1e-9 * metre"),
    "deg": ("degree", "degree = [angle]"),
    "mbar": ("millibar", "millibar = [pressure]"),
    "bar": ("bar", "bar = 1e3 * millibar"),
    "Pa": ("pascal", "pascal = 1e-2 * millibar"),
    "hPa": ("hectopascal", "hectopascal = 1 * millibar"),
    "kPa": ("kilopascal", "kilopascal = 10 * millibar"),
    "MPa": ("megapascal", "megapascal = 1e4 * millibar"),
    "mm[Hg]": ("millimetre_of_mercury", "millimetre_of_mercury = 1.33322387415 * millibar"),
    "[psi]": ("pound_per_square_inch", "pound_per_square_inch = 68.947572931683608 * millibar"),
    "V": ("volt", "volt = [voltage]"),
    "mV": ("millivolt", "millivolt = 1e-3 * volt"),
    "kV": ("kilovolt", "kilovolt = 1e3 * volt"),
    "A": ("ampere", "ampere = [current]"),
    "mA": ("milliampere", "milliampere = 1e-3 * ampere"),
    "Ohm": ("ohm", "ohm = volt / ampere"),
    "uF": ("microfarad", "microfarad = 1e-6 * ampere * second / volt"),
    "S": ("siemens", "siemens = ampere / volt"),
    "mS": ("millisiemens", "millisiemens = 1e-3 * siemens"),
    "uS": ("microsiemens", "microsiemens = 1e-6 * siemens"),
    "Gy": ("gray", "gray = [dose]"),
    "lx": ("lux", "lux = [light]"),
    "[g]": ("gravity", "gravity = [gravity]"),
    "[EU]": ("endotoxin_unit", "endotoxin_unit = [endotoxin]"),
    "[IU]": ("international_unit", "international_unit = [activity]"),
    "k[IU]": ("thousand_international_units", "thousand_international_units = 1e3 * "
              "international_unit"),
    "M[IU]": ("million_international_units", "million_international_units = 1e6 * "
              "international_unit"),
    "U": ("enzyme_unit", "enzyme_unit = 1e-6 * mole / minute"),
    "mU": ("thousandth_enzyme_unit", "thousandth_enzyme_unit = 1e-3 * enzyme_unit"),
    "[CFU]": ("colony_forming_unit", "colony_forming_unit = [colonies]"),
    "[PFU]": ("plaque_forming_unit", "plaque_forming_unit = [plaques]"),
    "[TCID_50]": ("infectious_dose", "infectious_dose = [infection]"),
    "[arb'U]": ("arbitrary_unit", "arbitrary_unit = [arbitrary]"),
    "{cells}": ("cells", "cells = [cells]"),
    "{copies}": ("copies", "copies = [copies]"),
    "{TU}": ("transducing_units", "transducing_units = [transducing]"),
    "{vg}": ("vector_genomes", "vector_genomes = [genomes]"),
    "{vp}": ("viral_particles", "viral_particles = [viruses]"),
    "{particles}": ("particles", "particles = [particles]"),
    "{bags}": ("bags", "bags = [containers]"),
    "{pieces}": ("pieces", "pieces = [pieces]"),
    "{vials}": ("vials", "vials = [vials]"),
    "{tubes}": ("tubes", "tubes = [tubes]"),
    "{syringes}": ("syringes", "syringes = [syringes]"),
    "{doses}": ("doses", "doses = [doses]"),
    "{tests}": ("tests", "tests = [tests]"),
    "{passages}": ("passages", "passages = [passages]"),
    "{doublings}": ("doublings", "doublings = [doublings]"),
    "{rpm}": ("turns", "turns = [turning]"),
}  # fmt: skip
# It reads as turns a minute to whoever writes it, and is enzyme units a minute: nobody means that.
MISLEADING = frozenset({"U/min"})
FACTOR = re.compile(r"10[*^](-?\d{1,2})", re.ASCII)
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
    if code.strip() in MISLEADING:
        return None
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
    seconds = {"wk": 604_800, "d": 86_400, "h": 3_600, "min": 60, "s": 1}
    if code not in seconds:
        raise ValueError(code)
    return Decimal(seconds[code])


def time_of(value: Decimal, code: str) -> timedelta:
    """Return a number of a unit of time; raises ValueError for another unit or a time too long."""
    try:
        return timedelta(seconds=int(value * seconds_in(code)))
    except (ArithmeticError, OverflowError) as error:
        raise ValueError(value) from error
