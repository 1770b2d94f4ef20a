"""Folds: for each entry kind the one function that changes its projection rows.

A row is folded from exactly one stream. Ids and times come from the entry, never from a
sequence, a clock or a setting; a fold reads only rows of its own stream and immutable
documents by hash. Services and rebuild run the same function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from records.entries import Payload, decode
from records.models import Projection

P = TypeVar("P", bound=Payload)
M = TypeVar("M", bound=Projection)


@dataclass(frozen=True, slots=True)
class Folded(Generic[P]):
    """An entry as its fold sees it; everything comes out of the hashed bytes."""

    stream: UUID
    site: UUID | None
    seq: int
    at: datetime
    actor: UUID | None
    actor_name: str
    role: str
    device: UUID | None
    payload: P

    @classmethod
    def of(cls, envelope: dict[str, Any], payload: P | None = None) -> "Folded[P]":
        """Return the entry of an envelope; its payload is decoded unless it is at hand."""
        e = envelope
        decoded: Any = payload or decode(e["kind"], e["version"], e["payload"])
        return cls(
            stream=_identifier(e["stream"]["id"]),
            site=_uuid(e["site"]),
            seq=e["seq"],
            at=datetime.fromisoformat(e["at"]),
            actor=_uuid(e["actor"]["id"]),
            actor_name=e["actor"]["name"],
            role=e["role"],
            device=_uuid(e["device"]),
            payload=decoded,
        )


# Entry after entry names the same stream, site, person and device.
@lru_cache(maxsize=1_000)
def _identifier(text: str) -> UUID:
    return UUID(text)


def _uuid(text: str | None) -> UUID | None:
    return _identifier(text) if text else None


Fold = Callable[[Folded[Any]], None]
_folds: dict[type[Payload], list[Fold]] = {}


def fold(payload: type[P]) -> Callable[[Callable[[Folded[P]], None]], Callable[[Folded[P]], None]]:
    """Register the function that folds entries of ``payload``."""

    def register(function: Callable[[Folded[P]], None]) -> Callable[[Folded[P]], None]:
        _folds.setdefault(payload, []).append(function)
        return function

    return register


def folded_kinds() -> frozenset[str]:
    """Return the kinds of entries that change rows."""
    return frozenset(payload.kind for payload in _folds)


def run_fold(e: Folded[Any]) -> None:
    """Change the rows that an entry concerns. A kind without a fold changes none."""
    for function in _folds.get(type(e.payload), ()):
        function(e)


def create(model: type[M], e: Folded[Any], **values: Any) -> M:
    """Make a row of the entry's stream; ``site`` is the stream's unless given."""
    values.setdefault("site", e.site)
    row = model(stream=e.stream, entry_seq=e.seq, **values)
    row.save(force_insert=True)
    return row


def change(rows: QuerySet[M], e: Folded[Any], **values: Any) -> int:
    """Change rows of the entry's stream and name the entry in each; return how many."""
    return rows.filter(stream=e.stream).update(entry_seq=e.seq, **values)
