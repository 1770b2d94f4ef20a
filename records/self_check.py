"""The self-check of records: reads one thing, or those of a period, and asks ``records.alcoa``.

Runs as whoever reads: behind the walls of a site for a page, as the reader for the command.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from mes.lib import clock
from mes.lib.evidence import Link
from records import alcoa, files, retention
from records.alcoa import Envelope, Kept, Lack, Record
from records.exceptions import CheckTooLong
from records.folding import Folded
from records.models import CommandRecord, Entry, Leaf, Stream
from records.presenters import sentence
from records.selectors import head_of, reason_of
from records.signed import hash_told
from records.things import THINGS, Named, named
from records.trail import Wanted, first

# Each entry is decoded, told as a sentence and hashed: some thousand in a second.
MOST: Final = 3000


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing with what it lacks. None of it: it is all that a record has to be."""

    stream: Stream
    named: Named
    entries: int
    lacks: Sequence[Lack]


@dataclass(frozen=True, slots=True)
class Report:
    """The things of a period: how many were checked, and those that lack something."""

    things: int
    entries: int
    lacking: Sequence[Checked]

    @classmethod
    def of(cls, heads: Collection[Stream]) -> "Report":
        """Check things from their beginning. Raises CheckTooLong."""
        if sum(head.seq for head in heads) > MOST:
            raise CheckTooLong(most=MOST)
        checked = [of_head(head) for head in heads]
        entries = sum(one.entries for one in checked)
        return cls(len(checked), entries, [one for one in checked if one.lacks])


def of_thing(stream: UUID) -> Report:
    """Check one thing of this site. Raises NotFound, CheckTooLong."""
    return Report.of([head_of(stream)])


def of_period(since: datetime, until: datetime) -> Report:
    """Check every thing to which something was written in [since, until), each from its beginning.

    Raises CheckTooLong, TrailTooWide.
    """
    written = first(Wanted(since=since, until=until).entries(), most=MOST)
    if len(written) > MOST:
        raise CheckTooLong(most=MOST)
    heads = Stream.objects.filter(id__in={one.stream for one in written})
    return Report.of(list(heads.order_by("id")))


def of_head(head: Stream) -> Checked:
    """Check one thing, however long it is."""
    record = record_of(head)
    name = named([(head.id, head.kind)])[head.id]
    return Checked(head, name, len(record.entries), alcoa.lacks(record))


def of_all() -> Iterator[Checked]:
    """Check every thing that the connection sees, one after the other."""
    for head in Stream.objects.order_by("id").iterator():
        yield of_head(head)


def record_of(head: Stream) -> Record:
    """Read a thing with all that stands beside its entries: four queries."""
    rows = list(Entry.objects.filter(stream=head.id).order_by("seq"))
    acts = CommandRecord.objects.filter(key__in={row.command for row in rows})
    times = dict(acts.values_list("key", "at"))
    log = Leaf.objects.filter(stream=head.id).values_list("seq", "hash")
    leaves = {seq: bytes(leaf) for seq, leaf in log}
    return Record(
        seq=head.seq, hash=bytes(head.hash), site=head.site is not None,
        classed=head.kind in THINGS and THINGS[head.kind].retention in retention.CLASSES,
        checked_at=clock.now(),
        entries=[_kept(row, times.get(row.command), leaves.get(row.seq)) for row in rows],
    )  # fmt: skip


def _kept(row: Entry, act_at: datetime | None, leaf: bytes | None) -> Kept:
    body = bytes(row.body)
    link = Link(str(row.stream), row.seq, body, bytes(row.hash))
    actor = str(row.actor) if row.actor else None
    e = Envelope.read(body)
    told, signed = _told(row) if e else ("", None)
    return Kept(
        link=link, copied=(row.kind, actor, row.at), told=told, signed=signed, act_at=act_at,
        leaf=leaf, reason=reason_of(e.payload) if e else "",
        lost=any(not files.path_of(name).exists() for name in e.files) if e else False,
    )  # fmt: skip


def _told(row: Entry) -> tuple[str, str | None]:
    """Return an entry's sentence, and the hash that its signature must have.

    A forged payload may break a presenter in any way: then nobody can tell it.
    """
    envelope = row.envelope
    try:
        said = sentence(envelope)
        signed = hash_told(Folded.of(envelope))
    except Exception:  # noqa: BLE001
        return "", None
    return "" if said == envelope["kind"] else said, signed
