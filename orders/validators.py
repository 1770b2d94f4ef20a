"""Checks of form, shared by services, forms and the API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from orders.exceptions import (
    InputInvalid,
    TextMissing,
    WindowOrder,
    WindowPast,
    WindowReversed,
)

# No promise is that wide; a year typed wrong is found here.
LONGEST_WINDOW = timedelta(days=120)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Window:
    """A promised time: from, and until before which (aware datetimes)."""

    start: datetime
    end: datetime

    @classmethod
    def of_days(cls, first: date, last: date, *, zone: str) -> "Window":
        """Return the window of whole days in a site's zone, first and last included."""
        place = ZoneInfo(zone)
        start = datetime.combine(first, time(), tzinfo=place)
        end = datetime.combine(last + timedelta(days=1), time(), tzinfo=place)
        return cls(start.astimezone(UTC), end.astimezone(UTC))


def check_windows(collection: Window, infusion: Window, *, at: datetime) -> None:
    """Check two promises against each other and against the instant of the act.

    Raises WindowReversed, WindowOrder, WindowPast with the field that is wrong.
    """
    for name, window in (("collection", collection), ("infusion", infusion)):
        if not window.start < window.end <= window.start + LONGEST_WINDOW:
            raise WindowReversed(field=f"{name}_until")
    if infusion.start < collection.end:
        raise WindowOrder(field="infusion_from")
    for name, window in (("collection", collection), ("infusion", infusion)):
        if window.end <= at:
            raise WindowPast(field=f"{name}_until")


def check_inputs(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return an order's inputs as plain decimal texts. Raises InputInvalid.

    Whether they are what the recipe wants, and within its limits, ``batches`` asks at issue.
    """
    return {name: _input(name, said) for name, said in inputs.items()}


def _input(name: str, said: str) -> str:
    text = said.strip().replace(",", ".")
    if not (_NAME.fullmatch(name) and _NUMBER.fullmatch(text)):
        raise InputInvalid(field=name, name=name, said=said[:60])
    if not Decimal(text):
        raise InputInvalid(field=name, name=name, said=said[:60])
    return text


def check_text(text: str, *, field: str, most: int) -> str:
    """Return a text without outer spaces, neither empty nor too long. Raises TextMissing."""
    plain = text.strip()
    if not plain or len(plain) > most:
        raise TextMissing(field=field, most=most)
    return plain


def decimal_or_none(text: str) -> Decimal | None:
    """Return a decimal, or None for an empty text. Raises InvalidOperation."""
    plain = text.strip().replace(",", ".")
    number = Decimal(plain) if plain else None
    if number is not None and not number.is_finite():
        raise InvalidOperation(text)
    return number
