"""Reads of the ledger for people: the trail over all things, and one thing's chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mes.lib import evidence
from mes.lib.evidence import Link
from mes.lib.refusals import NotFound
from records.entries import declared
from records.models import Entry, Stream
from records.presenters import sentence

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it."""

    stream: UUID
    stream_kind: str
    seq: int
    at: datetime
    actor: str
    actor_id: str
    role: str
    kind: str
    sentence: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> "Line":
        """Read the line out of the hashed bytes."""
        e = entry.envelope
        return cls(
            stream=entry.stream, stream_kind=e["stream"]["kind"], seq=entry.seq, at=entry.at,
            actor=e["actor"]["name"], actor_id=e["actor"]["id"] or "", role=e["role"],
            kind=e["kind"], sentence=sentence(e), hash=bytes(entry.hash).hex(),
        )  # fmt: skip


def trail(
    *,
    kind: str = "",
    actor: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Entry]:
    """Return the site's entries, newest first, by kind, person and time [since, until)."""
    rows = Entry.objects.order_by("-at", "stream", "-seq")
    wanted: Mapping[str, Any] = {
        "kind": kind or None, "actor": actor, "at__gte": since, "at__lt": until,
    }  # fmt: skip
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def kinds() -> list[str]:
    """Return the kinds of entries that the installed apps declare."""
    return sorted(declared())


@dataclass(frozen=True, slots=True)
class Chain:
    """One thing's entries, newest first, and whether they hold together."""

    stream: Stream
    lines: list[Line]
    breaks: list[evidence.Break]


def chain(stream: UUID) -> Chain:
    """Return a stream's chain, checked entry by entry. Raises NotFound."""
    head = Stream.objects.filter(id=stream).first()
    if head is None:
        raise NotFound()
    entries = list(Entry.objects.filter(stream=stream).order_by("seq"))
    links = [Link(str(stream), e.seq, bytes(e.body), bytes(e.hash)) for e in entries]
    lines = [Line.of(entry) for entry in reversed(entries)]
    return Chain(stream=head, lines=lines, breaks=list(evidence.breaks(links)))


def entry_of(stream: UUID, seq: int) -> Entry:
    """Return one entry of this site. Raises NotFound."""
    found = Entry.objects.filter(stream=stream, seq=seq).first()
    if found is None:
        raise NotFound()
    return found
