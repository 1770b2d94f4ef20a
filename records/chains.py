"""Chains and copies: each entry follows the one before it, and its columns say what its bytes say.

The columns come from the database as one text, spelled as the hashed bytes spell them, so that one
comparison does for an entry; only where it fails is the name of the column looked for.

Knows nothing of Django: ``python -m records.chains`` proves a part of the ledger as a helper of
``verify``, on a snapshot that was exported to it, and is up in a moment.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Any
from uuid import UUID

import msgspec
import psycopg

from mes.lib import evidence

CHUNK = 2_000
NAMES = ("stream", "seq", "kind", "version", "site", "actor", "role", "time", "command")
# A line for the columns, in the order of NAMES; what is null is empty. No two sets of columns have
# the same line: all but the texts of kind and role have a form of their own.
ENTRIES = """
SELECT e.stream || '|' || e.seq || '|' || e.kind || '|' || e.version || '|'
       || coalesce(e.site::text, '') || '|' || coalesce(e.actor::text, '') || '|' || e.role || '|'
       || to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '|' || e.command,
       e.body, e.hash,
       CASE e.seq WHEN 1 THEN (SELECT kind FROM records_stream s WHERE s.id = e.stream) END
  FROM records_entry e {chosen} ORDER BY e.stream, e.seq
"""
IDENTIFIER = 36
# Where parts begin, by what the heads say of the number of entries.
PARTS = """
SELECT min(id::text) FROM (
    SELECT id, (sum(seq) OVER (ORDER BY id) - seq)::float8 / greatest(sum(seq) OVER (), 1) AS place
      FROM records_stream) heads
 GROUP BY width_bucket(place, %s::float8[]) ORDER BY 1
"""
ALONE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Stream, sequence number and kind of an entry, and what is wrong with it.
Flaw = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """The streams to look at: those named, or those from one identifier to before another."""

    streams: Sequence[UUID] | None = None
    start: str | None = None
    end: str | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        """Return the SQL condition on entries ``e``, and its parameters."""
        conditions = {
            "e.stream = ANY(%(streams)s)": self.streams is not None,
            "e.stream >= %(start)s::uuid": self.start is not None,
            "e.stream < %(end)s::uuid": self.end is not None,
        }
        wanted = " AND ".join(one for one, asked in conditions.items() if asked)
        streams = None if self.streams is None else list(self.streams)
        params = {"streams": streams, "start": self.start, "end": self.end}
        return f"WHERE {wanted}" if wanted else "", params


def parts(connection: psycopg.Connection[Any], cuts: Sequence[float]) -> list[Part]:
    """Divide all streams at about these shares of the entries (0 to 1, rising).

    A stream is never divided, so there may be fewer parts than that.
    """
    found = [row[0] for row in connection.execute(PARTS, [list(cuts)])][1:]
    return [Part(start=start, end=end) for start, end in pairwise([None, *found, None])]


def rows_of(connection: psycopg.Connection[Any], sql: str, params: Any) -> Iterator[list[Any]]:
    """Yield rows, some thousand at a time, from a cursor that the server keeps."""
    with psycopg.ServerCursor(connection, "mes_chains") as cursor:
        cursor.execute(sql.encode(), params, binary=True)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def taken(queue: int, parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts that nobody has taken yet, until none is left.

    The queue is the end of a pipe that all who work read from: a byte for each part, its place.
    Whoever is slower takes fewer.
    """
    while place := os.read(queue, 1):
        yield parts[place[0]]


@dataclass(slots=True)
class Proved:
    """How many entries were looked at, and what does not hold."""

    entries: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    def add(self, entries: int, flaws: Iterable[Flaw]) -> None:
        """Take in what was found of another part."""
        self.entries += entries
        self.flaws += flaws


def prove(connection: psycopg.Connection[Any], part: Part) -> Proved:
    """Follow the chains of a part, inside the connection's running transaction.

    Whether the head stands on the last entry is asked elsewhere, in one statement.
    """
    chosen, params = part.where()
    proved, stream, previous, kind = Proved(), "|", evidence.GENESIS, None
    for rows in rows_of(connection, ENTRIES.format(chosen=chosen), params):
        proved.entries += len(rows)
        for line, body, stored, named in rows:
            if not line.startswith(stream):
                stream, previous, kind = line[:IDENTIFIER], evidence.GENESIS, named
            if evidence.entry_hash(previous, body) != stored:
                _say(proved, line, "body and hash do not follow the entry before")
            previous = stored
            try:
                copied = COPIED.decode(body)
                if _line(copied) != line or copied.stream.kind != kind:
                    _name(proved, line, copied, kind)
            except msgspec.DecodeError:
                _say(proved, line, "the body is not an envelope")
    return proved


Identifier = Annotated[str, msgspec.Meta(min_length=IDENTIFIER, max_length=IDENTIFIER)]


class _Stream(msgspec.Struct, gc=False):
    id: Identifier
    kind: str


class _Actor(msgspec.Struct, gc=False):
    id: Identifier | None


class _Copied(msgspec.Struct, gc=False):
    """What of an envelope the columns copy; the rest of its bytes is passed over."""

    stream: _Stream
    seq: int
    kind: str
    version: int
    site: Identifier | None
    actor: _Actor
    role: str
    at: str
    command: Identifier


COPIED = msgspec.json.Decoder(_Copied)


def _line(e: _Copied) -> str:
    """Return what the hashed bytes say of the columns, as ENTRIES spells them."""
    return (
        f"{e.stream.id}|{e.seq}|{e.kind}|{e.version}|{e.site or ''}|{e.actor.id or ''}|{e.role}"
        f"|{e.at}|{e.command}"
    )


def _name(proved: Proved, line: str, copied: _Copied, kind: str | None) -> None:
    told, kept = [*_line(copied).split("|"), copied.stream.kind], [*line.split("|"), kind]
    for name, ours, theirs in zip((*NAMES, "stream kind"), told, kept, strict=False):
        if ours != theirs:
            _say(proved, line, f"{name} is {theirs!r}, the hashed bytes say {ours!r}")


def _say(proved: Proved, line: str, problem: str) -> None:
    stream, seq, kind, *_ = line.split("|")
    proved.flaws.append((stream, int(seq), kind, problem))


def main() -> None:
    """Prove parts that a line of standard input names; write down what was found.

    Without a line nothing is asked: the run ended before it could.
    """
    line = sys.stdin.readline()
    proved = _proved(json.loads(line)) if line else Proved()
    json.dump({"entries": proved.entries, "flaws": proved.flaws}, sys.stdout)


def _proved(asked: Mapping[str, Any]) -> Proved:
    found, parts = Proved(), [Part(start=start, end=end) for start, end in asked["parts"]]
    with psycopg.connect(asked["address"], autocommit=True) as connection:
        connection.execute(ALONE)
        connection.execute(b"SET TRANSACTION SNAPSHOT '%s'" % asked["snapshot"].encode())
        connection.execute("SET LOCAL statement_timeout = 0")
        for part in taken(asked["queue"], parts):
            one = prove(connection, part)
            found.add(one.entries, one.flaws)
    return found


if __name__ == "__main__":
    main()
