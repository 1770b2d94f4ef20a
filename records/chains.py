"""Chains and copies: each entry follows the one before it, and its columns say what its bytes say.

The columns come from the database spelled as the hashed bytes spell them, so that one comparison
of two tuples does for an entry; only where it fails is the name of the column looked for.

Knows nothing of Django: ``python -m records.chains`` proves a part of the ledger as a helper of
``verify``, on a snapshot that was exported to it, and is up in a moment.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
from pydantic_core import from_json

from mes.lib import evidence

CHUNK = 2_000
NAMES = ("stream", "seq", "kind", "version", "site", "actor", "role", "time", "command")
ENTRIES = """
SELECT e.stream::text, e.seq, e.kind, e.version::int, e.site::text, e.actor::text, e.role,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.command::text,
       e.body, e.hash,
       CASE e.seq WHEN 1 THEN (SELECT kind FROM records_stream s WHERE s.id = e.stream) END
  FROM records_entry e {chosen} ORDER BY e.stream, e.seq
"""
COPIES = len(NAMES)
# Where parts begin that hold about as many entries as one another, by what the heads say.
PARTS = """
SELECT min(id::text) FROM (
    SELECT id, (sum(seq) OVER (ORDER BY id) - seq) * %s / greatest(sum(seq) OVER (), 1) AS part
      FROM records_stream) heads
 GROUP BY trunc(part) ORDER BY 1
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


def parts(connection: psycopg.Connection[Any], count: int) -> list[Part]:
    """Divide all streams into at most ``count`` parts of about as many entries."""
    found = [row[0] for row in connection.execute(PARTS, [count])][1:]
    return [Part(start=start, end=end) for start, end in pairwise([None, *found, None])]


def rows_of(connection: psycopg.Connection[Any], sql: str, params: Any) -> Iterator[list[Any]]:
    """Yield rows, some thousand at a time, from a cursor that the server keeps."""
    with psycopg.ServerCursor(connection, "mes_chains") as cursor:
        cursor.execute(sql.encode(), params, binary=True)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


@dataclass(slots=True)
class Proved:
    """How many entries were looked at, and what does not hold."""

    entries: int = 0
    flaws: list[Flaw] = field(default_factory=list)


def prove(connection: psycopg.Connection[Any], part: Part) -> Proved:
    """Follow the chains of a part, inside the connection's running transaction.

    Whether the head stands on the last entry is asked elsewhere, in one statement.
    """
    chosen, params = part.where()
    proved, stream, previous, kind = Proved(), None, evidence.GENESIS, None
    for rows in rows_of(connection, ENTRIES.format(chosen=chosen), params):
        proved.entries += len(rows)
        for row in rows:
            if row[0] != stream:
                stream, previous, kind = row[0], evidence.GENESIS, row[11]
            body, stored = row[9], row[10]
            if evidence.entry_hash(previous, body) != stored:
                _say(proved, row, "body and hash do not follow the entry before")
            previous = stored
            try:
                envelope = read(body)
                if _said(envelope) != row[:COPIES] or envelope["stream"]["kind"] != kind:
                    _name(proved, row, envelope, kind)
            except (ValueError, KeyError, TypeError):
                _say(proved, row, "the body is not an envelope")
    return proved


def read(body: bytes) -> dict[str, Any]:
    """Return the envelope of hashed bytes. Raises ValueError."""
    envelope: dict[str, Any] = from_json(body, allow_inf_nan=False)
    return envelope


def _said(e: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the hashed bytes say of the columns, in their order."""
    return (
        e["stream"]["id"], e["seq"], e["kind"], e["version"], e["site"], e["actor"]["id"],
        e["role"], e["at"], e["command"],
    )  # fmt: skip


def _name(proved: Proved, row: Any, envelope: dict[str, Any], kind: str | None) -> None:
    told, kept = (*_said(envelope), envelope["stream"]["kind"]), (*row[:COPIES], kind)
    for name, ours, theirs in zip((*NAMES, "stream kind"), told, kept, strict=True):
        if ours != theirs:
            _say(proved, row, f"{name} is {theirs!r}, the hashed bytes say {ours!r}")


def _say(proved: Proved, row: Any, problem: str) -> None:
    proved.flaws.append((row[0], row[1], row[2], problem))


def main() -> None:
    """Prove the part that a line of standard input names; write down what was found."""
    asked = json.loads(sys.stdin.readline())
    with psycopg.connect(asked["address"], autocommit=True) as connection:
        connection.execute(ALONE)
        connection.execute(b"SET TRANSACTION SNAPSHOT '%s'" % asked["snapshot"].encode())
        connection.execute("SET LOCAL statement_timeout = 0")
        proved = prove(connection, Part(start=asked["start"], end=asked["end"]))
    json.dump({"entries": proved.entries, "flaws": proved.flaws}, sys.stdout)


if __name__ == "__main__":
    main()
