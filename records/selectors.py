"""Reads of the ledger for people: lines of the trail, and one thing's chain."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mes.lib import evidence
from mes.lib.evidence import Link
from records.models import Entry, Stream
from records.presenters import sentence
from records.reading import the_one
from records.things import Named, named, words_of
from records.trail import WHY


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it: who, what, when, why, and its proof."""

    stream: UUID
    stream_kind: str
    seq: int
    at: datetime
    actor: str
    actor_id: str
    role: str
    kind: str
    words: str
    sentence: str
    reason: str
    hash: str
    named: Named | None = None

    @classmethod
    def of(cls, entry: Entry, name: Named | None = None) -> "Line":
        """Read the line out of the hashed bytes."""
        e = entry.envelope
        return cls(
            stream=entry.stream, stream_kind=e["stream"]["kind"], seq=entry.seq, at=entry.at,
            actor=e["actor"]["name"], actor_id=e["actor"]["id"] or "", role=e["role"],
            kind=e["kind"], words=words_of(e["kind"]), sentence=sentence(e),
            reason=reason_of(e["payload"]), hash=bytes(entry.hash).hex(), named=name,
        )  # fmt: skip


def reason_of(payload: dict[str, Any]) -> str:
    """Return why it was done, in the words of who did it; empty where nobody was asked."""
    said = (payload.get(name) for name in WHY)
    return next((text for text in said if isinstance(text, str) and text), "")


def lines(entries: Iterable[Entry]) -> list[Line]:
    """Return entries as lines that name their things: one query for each kind of thing."""
    found = list(entries)
    names = named((e.stream, e.envelope["stream"]["kind"]) for e in found)
    return [Line.of(entry, names[entry.stream]) for entry in found]


@dataclass(frozen=True, slots=True)
class Chain:
    """One thing, how many entries it has, and whether they hold together."""

    stream: Stream
    named: Named
    entries: int
    breaks: list[evidence.Break]


def head_of(stream: UUID) -> Stream:
    """Return the head of a stream that may be read at this site. Raises NotFound."""
    return the_one(Stream.objects.seen().filter(id=stream))


def chain(stream: UUID) -> Chain:
    """Return a stream's chain, checked entry by entry. Raises NotFound."""
    head = head_of(stream)
    rows = Entry.objects.filter(stream=stream).order_by("seq").only("stream", "seq", "body", "hash")
    links = [Link(str(stream), e.seq, bytes(e.body), bytes(e.hash)) for e in rows]
    name = named([(stream, head.kind)])[stream]
    breaks = list(evidence.breaks(links))
    return Chain(stream=head, named=name, entries=len(links), breaks=breaks)


def entry_of(stream: UUID, seq: int) -> Entry:
    """Return one entry of this site. Raises NotFound."""
    return the_one(Entry.objects.filter(stream=stream, seq=seq))
