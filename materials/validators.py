"""Checks of form, shared by services and forms."""

from decimal import Decimal

from materials.exceptions import NotAQuantity, TextMissing

MOST_DECIMALS = 6
MOST_DIGITS = 14


def check_quantity(quantity: Decimal, *, field: str = "quantity") -> Decimal:
    """Return a quantity that can be kept exactly. Raises NotAQuantity."""
    if not quantity.is_finite() or quantity <= 0:
        raise NotAQuantity(field=field, said=str(quantity))
    exponent = quantity.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > MOST_DECIMALS:
        raise NotAQuantity(field=field, said=str(quantity))
    if quantity >= Decimal(10) ** MOST_DIGITS:
        raise NotAQuantity(field=field, said=str(quantity))
    return quantity


def check_text(text: str, *, field: str, most: int) -> str:
    """Return a text without outer spaces, neither empty nor too long. Raises TextMissing."""
    plain = text.strip()
    if not plain or len(plain) > most:
        raise TextMissing(field=field, most=most)
    return plain
