"""Criteria of release: whether a value meets one. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from recipes.document import Recipe, SpecificationItem
from recipes.judging import Facts, ValueMissing, ValueNotUnderstood
from recipes.step import inside


def items_of(recipe: Recipe, test: str) -> list[SpecificationItem]:
    """Return the release criteria that ask for a test."""
    return [item for item in recipe.specification if item.test == test]


def meets(item: SpecificationItem, value: str, facts: Facts) -> bool:
    """Whether a value meets one criterion. Fails closed: what cannot be judged does not meet it."""
    if item.accepts:
        return value in item.accepts
    try:
        number = Decimal(value)
        above = item.above is None or number > facts.evaluate(item.above)
        below = item.below is None or number < facts.evaluate(item.below)
        return above and below and inside(number, item.limits, facts)
    except (InvalidOperation, ValueMissing, ValueNotUnderstood):
        return False
