"""Checks of form: secrets, time zones."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.enums import CredentialKind
from accounts.exceptions import UnknownZone, WeakSecret

PIN = re.compile(r"[0-9]{6,8}")
ROWS = ("01234567890123456789", "98765432109876543210")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200


def check_secret(kind: str, secret: str) -> None:
    """Raise WeakSecret unless ``secret`` is fit to be a PIN or a password."""
    fit = _fit_pin(secret) if kind == CredentialKind.PIN else _fit_password(secret)
    if not fit:
        raise WeakSecret(field=kind)


def _fit_pin(secret: str) -> bool:
    simple = len(set(secret)) < 3 or any(secret in row for row in ROWS)
    return bool(PIN.fullmatch(secret)) and not simple


def _fit_password(secret: str) -> bool:
    return SHORTEST_PASSWORD <= len(secret) <= LONGEST_PASSWORD and len(set(secret)) >= 5


def check_zone(name: str) -> None:
    """Raise UnknownZone unless ``name`` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnknownZone(field="zone", zone=name) from error
