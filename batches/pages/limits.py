"""Limits as the scale draws them: formulas worked out, in the unit that is typed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from mes.lib.refusals import Refusal
from recipes.judging import Facts
from recipes.kinds.add import Step as Add
from recipes.kinds.add import wanted
from recipes.parts import Band, Limits, decimal_text

Scale = dict[str, str]


def plain(number: Decimal) -> str:
    """Return a quantity without the zeros that its column adds, and without exponent."""
    text = decimal_text(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def scale_of(
    limits: Limits | None,
    facts: Facts,
    *,
    target: Decimal | None = None,
    exponent: int = 0,
    decimals: int | None = None,
) -> Scale:
    """Return what ``{% limit_scale %}`` takes. A bound that cannot be worked out is left out.

    ``exponent`` is printed beside the field, so limits are shown as they are typed: 0.90 for
    0.9e8 with exponent 8.
    """
    found = dict(_bounds(limits, facts))
    if target is not None:
        found["target"] = target
    return {name: _typed(value, exponent, decimals) for name, value in found.items()}


def _bounds(limits: Limits | None, facts: Facts) -> Iterator[tuple[str, Decimal]]:
    bands = (("action", limits.action), ("alert", limits.alert)) if limits else ()
    for name, band in bands:
        if band is not None:
            yield from _edges(name, band, facts)


def _edges(name: str, band: Band, facts: Facts) -> Iterator[tuple[str, Decimal]]:
    for side, formula in (("low", band.low), ("high", band.high)):
        if formula is not None:
            try:
                yield f"{name}_{side}", facts.evaluate(formula)
            except Refusal:  # the judgement will say which value is missing
                continue


def _typed(value: Decimal, exponent: int, decimals: int | None) -> str:
    typed = value.scaleb(-exponent)
    if decimals is not None:
        rounded = typed.quantize(Decimal(1).scaleb(-decimals))
        typed = rounded if rounded == typed else typed
    text = decimal_text(typed)
    exact = decimals is not None and len(text.partition(".")[2]) == decimals
    return text if exact or "." not in text else text.rstrip("0").rstrip(".")


def asked_scale(step: Add, facts: Facts) -> Scale:
    """Return the scale of an addition: what is asked for, and its tolerance as alert limits."""
    try:
        asked = wanted(step, facts)
    except Refusal:  # as above
        return {}
    if asked is None:
        return {}
    allowed = abs(asked) * (step.tolerance or Decimal(0)) / 100
    if not allowed:
        return {"target": _typed(asked, 0, None)}
    low, high = _typed(asked - allowed, 0, None), _typed(asked + allowed, 0, None)
    return {"alert_low": low, "target": _typed(asked, 0, None), "alert_high": high}


def hit(scale: Mapping[str, str], value: str) -> str:
    """Return which band a value falls into: ``action``, ``alert`` or nothing."""
    try:
        number = Decimal(value)
    except ArithmeticError:
        return ""
    for band in ("action", "alert"):
        low, high = scale.get(f"{band}_low"), scale.get(f"{band}_high")
        if (low and number < Decimal(low)) or (high and number > Decimal(high)):
            return band
    return ""
