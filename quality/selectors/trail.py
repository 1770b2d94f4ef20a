"""The entries of a batch and of its samples, read once: for timelines, signatures, dossier."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from records.models import Entry


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as read from its hashed bytes."""

    stream: UUID
    seq: int
    hash: str
    envelope: dict[str, Any]

    @property
    def at(self) -> datetime:
        """Its instant."""
        return datetime.fromisoformat(self.envelope["at"])

    @property
    def instant(self) -> str:
        """Its instant as the entry has it."""
        return str(self.envelope["at"])

    @property
    def kind(self) -> str:
        """The kind of the entry."""
        return str(self.envelope["kind"])

    @property
    def payload(self) -> dict[str, Any]:
        """What the entry says."""
        found: dict[str, Any] = self.envelope["payload"]
        return found


@dataclass(frozen=True, slots=True)
class Trail:
    """Entries of several streams, by time."""

    links: tuple[Link, ...]

    def of(self, stream: UUID) -> list[Link]:
        """Return the entries of one stream, in order."""
        return [link for link in self.links if link.stream == stream]

    def signed(self) -> Iterator[Link]:
        """Yield the entries that carry a signature, by time."""
        return (link for link in self.links if isinstance(link.payload.get("signature"), dict))


def trail_of(streams: Sequence[UUID], *, but: Collection[str] = ()) -> Trail:
    """Return every entry of these streams, but those of some kinds; one query."""
    rows = Entry.objects.filter(stream__in=streams).exclude(kind__in=but)
    rows = rows.order_by("at", "stream", "seq")
    return Trail(
        tuple(Link(row.stream, row.seq, bytes(row.hash).hex(), row.envelope) for row in rows)
    )


def last_seq(stream: UUID) -> int:
    """Return the number of a stream's last entry: what a page is based on."""
    rows = Entry.objects.filter(stream=stream).order_by("-seq")
    return rows.values_list("seq", flat=True).first() or 0
