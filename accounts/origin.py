"""From where a request came: a desk has no enrolment, so tries are counted by its address."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts.enums import Presence
from records.commands import Actor

UNKNOWN: Final = "-"
_address: ContextVar[str] = ContextVar("address", default=UNKNOWN)


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came from; behind a proxy the one that it saw.

    A proxy appends: only the last entry was not written by the client.
    """
    said = request.META.get("REMOTE_ADDR") or UNKNOWN
    if settings.MES_BEHIND_PROXY:
        said = request.headers.get("X-Forwarded-For", said).rsplit(",", 1)[-1].strip()
    return _network(said)


def _network(text: str) -> str:
    """Return an IPv4 address as it is, an IPv6 one as its /64: one line has billions of them."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


@contextmanager
def coming_from(request: HttpRequest) -> Iterator[None]:
    """Remember the address of the request that this thread answers."""
    token = _address.set(address_of(request))
    try:
        yield
    finally:
        _address.reset(token)


def address() -> str:
    """Return the address of the request that is being answered, or ``UNKNOWN``."""
    return _address.get()


def scope_of(device: UUID | None) -> UUID:
    """Return what tries are counted by: the tablet, or a desk's address."""
    return device or identity_of("address", address())


def identity_of(kind: str, text: str) -> UUID:
    """Return a name for something typed, from which it cannot be guessed back."""
    keyed = f"{settings.SECRET_KEY}:{kind}:{text.strip().lower()}"
    return UUID(bytes=sha256(keyed.encode()).digest()[:16])


def presence_of(actor: Actor) -> Presence:
    """Return what proves where a signer is: the enrolled tablet, or the address of the desk."""
    if actor.device is not None:
        return Presence.TABLET
    if not settings.MES_INSIDE:
        return Presence.UNKNOWN
    return Presence.REMOTE if is_outside() else Presence.DESK


def is_outside() -> bool:
    """Say whether the request comes from outside of the site's networks, if they are named."""
    if not settings.MES_INSIDE:
        return False
    try:
        asked = ipaddress.ip_network(address())
    except ValueError:
        return True
    inside = [ipaddress.ip_network(text, strict=False) for text in settings.MES_INSIDE]
    return not any(asked.version == one.version and asked.network_address in one for one in inside)
