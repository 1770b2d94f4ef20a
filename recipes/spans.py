"""Times that a recipe leaves to its parameters, and which of their values a question asks for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import Enum

from recipes.document import Parameter
from recipes.outline import Outline
from recipes.units import time_of

ZERO = timedelta()


class Case(Enum):
    """Which of the times of a recipe are added up.

    ``LEAST``: everything as short as it can be, parameters as low as a site may set them: what is
    too long then no site can mend. ``RULE``: as expected, parameters as the recipe has them.
    """

    LEAST = "low"
    RULE = "expected"


def span_of(
    outline: Outline, span: timedelta | str | None, *, highest: bool = False
) -> timedelta | None:
    """Return a time; a parameter's at its default, or the highest that a site may set.

    None when there is no such parameter, it has no unit of time or is longer than any calendar.
    """
    if span is None or isinstance(span, timedelta):
        return span
    found = outline.parameters.get(span.partition(".")[2])
    if found is None:
        return None
    value = found.high if highest and found.high is not None else found.default
    return _time(found, value)


def least_of(outline: Outline, span: timedelta | str | None, case: Case) -> timedelta:
    """Return what a least time asks for: nothing where a site may set it to nothing."""
    found = outline.parameters.get(span.partition(".")[2]) if isinstance(span, str) else None
    if found is None or case == Case.RULE:
        return span_of(outline, span) or ZERO
    lowest = found.low if found.low is not None else Decimal(0)
    return max(_time(found, lowest) or ZERO, ZERO)


def _time(given: Parameter, value: Decimal) -> timedelta | None:
    try:
        return time_of(value, given.unit)
    except ValueError:
        return None
