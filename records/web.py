"""From an HTTP request to a command."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from mes.lib.evidence import JSON
from records.commands import Actor, Command
from records.exceptions import KeyMissing


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks, as the middleware of ``accounts`` found out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def key_of(text: str | None) -> UUID:
    """Return a command's key. Raises KeyMissing unless it is a UUID of version 7."""
    try:
        key = UUID(text or "")
    except ValueError as error:
        raise KeyMissing() from error
    if key.version != 7:
        raise KeyMissing()
    return key


def command_from(
    request: HttpRequest, name: str, payload: Mapping[str, JSON] | None = None
) -> Command:
    """Return the command that a form or an API call carries.

    The key is the form's ``key`` or the header ``Idempotency-Key``. Raises KeyMissing.
    """
    text: Any = request.headers.get("Idempotency-Key") or request.POST.get("key")
    return Command(key=key_of(text), name=name, actor=actor_of(request), payload=payload or {})
