"""How a stored quantity is written: all its digits, no exponent, no empty decimals."""

from decimal import Decimal


def plain(number: Decimal) -> str:
    """Return a decimal as text: 1000.000000 is "1000"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
