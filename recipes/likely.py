"""What values are likely: distributions that a recipe names, for its rehearsal.

Nothing here judges; a value that is drawn goes through the same judgement as one that is entered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import model_validator

from recipes.judging import Facts
from recipes.parts import Band, Choice, Expression, Limits, Part

# Without a distribution of its own a value scatters as a process does that just fits its limits:
# three standard deviations lie between the target and the nearer limit.
DEVIATIONS_TO_LIMIT = 3
# A value without target and limits scatters by so much of itself.
SCATTER_OF_ITSELF = 0.05
# What may be so many times as much as the least that is plausible is thought of in powers of ten.
DECADES = 100


class Likely(Part):
    """A distribution: ``normal`` and ``lognormal`` by mean and sd, the others by their ends.

    Bounds are formulas, so that growth is one: ``mean: seed.count * 2 ** 3``. The mean and sd
    of a lognormal are those of the value itself, not of its logarithm.
    """

    asked: ClassVar[dict[str, tuple[str, ...]]] = {
        "normal": ("mean", "sd"),
        "lognormal": ("mean", "sd"),
        "triangular": ("low", "mode", "high"),
        "uniform": ("low", "high"),
    }

    shape: Literal["normal", "lognormal", "triangular", "uniform"]
    mean: Expression | None = None
    sd: Expression | None = None
    low: Expression | None = None
    mode: Expression | None = None
    high: Expression | None = None

    @model_validator(mode="after")
    def _what_the_shape_asks(self) -> Likely:
        given = {name for name, _bound in self.bounds()}
        asked = set(self.asked[self.shape])
        if given != asked:
            raise ValueError(
                _("a %(shape)s distribution is given by %(names)s")
                % {"shape": self.shape, "names": ", ".join(self.asked[self.shape])}
            )
        return self

    def bounds(self) -> tuple[tuple[str, str], ...]:
        """Return the formulas that are given, each with the name of its field."""
        fields = ((name, getattr(self, name)) for name in ("mean", "sd", "low", "mode", "high"))
        return tuple((name, formula) for name, formula in fields if formula is not None)

    def draw(self, facts: Facts, luck: Random) -> float:
        """Draw a value; raises ValueMissing when a formula names a value that is not there."""
        p = {name: float(facts.evaluate(formula)) for name, formula in self.bounds()}
        if self.shape == "normal":
            return luck.gauss(p["mean"], abs(p["sd"]))
        if self.shape == "lognormal":
            return _lognormal(p["mean"], p["sd"], luck)
        low, high = sorted((p["low"], p["high"]))
        if self.shape == "uniform":
            return luck.uniform(low, high)
        return luck.triangular(low, high, min(high, max(low, p["mode"])))


def _lognormal(mean: float, sd: float, luck: Random) -> float:
    if mean <= 0:
        return 0.0
    variance = math.log(1 + (sd / mean) ** 2)
    return luck.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


def draw_number(
    likely: Likely | None,
    facts: Facts,
    luck: Random,
    *,
    target: Decimal | None = None,
    limits: Limits | None = None,
    plausible: Band | None = None,
) -> float:
    """Draw a number by its distribution, else around its target within its limits.

    Without any of them it lies well within what is plausible.
    """
    band, (low, high) = (limits.alert or limits.action) if limits else None, _ends(plausible, facts)
    if likely is not None:
        drawn = likely.draw(facts, luck)
    elif band is None and target is None:
        drawn = _of_the_plausible(low, high, luck)
    else:
        drawn = _by_default(*_ends(band, facts), target, luck)
    # What is implausible was a slip of the reader, who reads again.
    return min(max(drawn, -math.inf if low is None else low), math.inf if high is None else high)


def _ends(band: Band | None, facts: Facts) -> tuple[float | None, float | None]:
    if band is None:
        return None, None
    low, high = (
        None if bound is None else float(facts.evaluate(bound)) for bound in (band.low, band.high)
    )
    return low, high


def _by_default(
    low: float | None, high: float | None, target: Decimal | None, luck: Random
) -> float:
    ends = [end for end in (low, high) if end is not None]
    if target is not None:
        middle = float(target)
    elif len(ends) == 2:
        middle = sum(ends) / 2
    else:
        middle = _well_inside(low, high)
    gaps = [abs(middle - end) for end in ends]
    sd = min(gaps) / DEVIATIONS_TO_LIMIT if gaps else abs(middle) * SCATTER_OF_ITSELF
    return luck.gauss(middle, sd)


def _of_the_plausible(low: float | None, high: float | None, luck: Random) -> float:
    if low is None or high is None or low <= 0 or high < low * DECADES:
        return _by_default(low, high, None, luck)
    width = math.log(high) - math.log(low)
    return luck.lognormvariate(math.log(low) + width / 2, width / 2 / DEVIATIONS_TO_LIMIT)


def _well_inside(low: float | None, high: float | None) -> float:
    if low is not None:
        return low + abs(low) * 0.2 if low else 1.0
    if high is not None:
        return high - abs(high) * 0.2 if high else -1.0
    return 1.0


def draw_duration(low: timedelta, expected: timedelta, high: timedelta, luck: Random) -> timedelta:
    """Draw a duration from a PERT distribution (a beta that weighs the expected four times)."""
    least, most = low.total_seconds(), high.total_seconds()
    width = most - least
    if width <= 0:
        return expected
    mode = (expected.total_seconds() - least) / width
    return timedelta(seconds=least + width * luck.betavariate(1 + 4 * mode, 5 - 4 * mode))


def rounded(value: float, places: int | None) -> str:
    """Return a drawn number as a person would type it: to two places, or three digits of less."""
    number = value if math.isfinite(value) else 0.0
    if places is None:
        places = 2 if abs(number) >= 1 or not number else 2 - math.floor(math.log10(abs(number)))
    return format(number, f".{min(places, 20)}f")


def draw_choice(options: Sequence[Choice], luck: Random) -> str:
    """Draw an answer by the chances that are named; the plain answers share the rest."""
    named = [float(option.chance) if option.chance is not None else None for option in options]
    plain = [n for n, option in enumerate(options) if named[n] is None and not option.flag]
    rest = max(0.0, 1 - sum(chance for chance in named if chance is not None))
    weights = [
        chance if chance is not None else (rest / len(plain) if n in plain else 0.0)
        for n, chance in enumerate(named)
    ]
    if not any(weights):
        return options[0].key
    return luck.choices([option.key for option in options], weights)[0]
