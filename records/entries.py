"""Entry kinds: typed, versioned payloads of the ledger.

A published version never changes. A new version is a new class under the same kind; an
``upcast`` turns the payload of the version before into it, as a pure function on dicts.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer

from mes.lib.evidence import JSON

Fields = dict[str, Any]
Upcast = Callable[[Fields], Fields]


def instant_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def decimal_text(value: Decimal) -> str:
    return format(value, "f")


Instant = Annotated[datetime, PlainSerializer(instant_text, return_type=str)]
Quantity = Annotated[Decimal, PlainSerializer(decimal_text, return_type=str)]


class Value(BaseModel):
    """A frozen part of a payload; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Payload(Value):
    """What an entry says. Subclasses are registered by ``entry``."""

    kind: ClassVar[str]
    version: ClassVar[int]
    stream_kind: ClassVar[str]

    def fields(self) -> dict[str, JSON]:
        """Return the payload as plain JSON: decimals, times and ids as text."""
        return self.model_dump(mode="json")


P = TypeVar("P", bound=type[Payload])

_classes: dict[str, dict[int, type[Payload]]] = {}
_upcasts: dict[tuple[str, int], Upcast] = {}


class UnknownKind(LookupError):
    """An entry of a kind or version that no installed app declares."""


def entry(kind: str, *, version: int, stream: str) -> Callable[[P], P]:
    """Register a payload class as ``kind`` version ``version``, kept on ``stream`` streams.

    ``stream`` is the kind of stream, or ``"*"`` where the kind may stand on any.
    """

    def register(payload: P) -> P:
        versions = _classes.setdefault(kind, {})
        if version in versions and versions[version].__qualname__ != payload.__qualname__:
            raise TypeError(f"Entry kind {kind} version {version} is declared twice.")
        payload.kind, payload.version, payload.stream_kind = kind, version, stream
        versions[version] = payload
        return payload

    return register


def upcast(kind: str, *, version: int) -> Callable[[Upcast], Upcast]:
    """Register the pure function that turns version ``version`` of a kind into the next one."""

    def register(function: Upcast) -> Upcast:
        _upcasts[kind, version] = function
        return function

    return register


def decode(kind: str, version: int, fields: Fields) -> Payload:
    """Return a stored payload as the newest class of its kind, upcast where it is older."""
    versions = _classes.get(kind)
    if not versions:
        raise UnknownKind(kind)
    newest = max(versions)
    for older in range(version, newest):
        fields = _upcasts[kind, older](fields)
    return versions[newest].model_validate(fields)


def declared() -> dict[str, dict[int, type[Payload]]]:
    """Return every declared kind with its versions."""
    return _classes


@entry("attempt.refused", version=1, stream="*")
class AttemptRefused(Payload):
    """An act that was refused for a reason of identity, material, equipment or person.

    Only code and parameters are kept; the sentence is made when it is shown.
    """

    command: str
    code: str
    params: dict[str, str | int | bool | None]
