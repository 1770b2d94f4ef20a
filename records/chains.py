"""Chains and copies: each entry follows the one before it, and its columns say what its bytes say.

The columns come from the database spelled as the hashed bytes spell them, so that one comparison
of two tuples does for an entry; only where it fails is the name of the column looked for.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from mes.lib import evidence
from records.log import READER

CHUNK = 2_000
NAMES = (
    "stream", "seq", "kind", "version", "site", "actor", "role", "time", "command", "stream kind",
)  # fmt: skip
ENTRIES = """
SELECT e.stream::text, e.seq, e.kind, e.version::int, e.site::text, e.actor::text, e.role,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.command::text, s.kind,
       e.body, e.hash, e.seq = s.seq AND e.hash <> s.hash
  FROM records_entry e JOIN records_stream s ON s.id = e.stream
 {chosen} ORDER BY e.stream, e.seq
"""
COPIES = len(NAMES)

# Stream, sequence number and kind of an entry, and what is wrong with it.
Flaw = tuple[str, int, str, str]


class Chains:
    """One reading of the chosen streams, or of all, in order; ``flaws`` fills meanwhile."""

    def __init__(self, streams: Sequence[UUID] | None) -> None:
        self.streams = streams
        self.flaws: list[Flaw] = []
        self._stream: str | None = None
        self._previous = evidence.GENESIS

    def chunks(self) -> Iterator[list[Any]]:
        """Yield the rows, some thousand at a time, from a cursor that the server keeps."""
        connection: psycopg.Connection[Any] = connections[READER].connection
        chosen = "" if self.streams is None else "WHERE e.stream = ANY(%s)"
        params = None if self.streams is None else [list(self.streams)]
        with psycopg.ServerCursor(connection, "mes_chains") as cursor:
            cursor.execute(ENTRIES.format(chosen=chosen).encode(), params, binary=True)
            while rows := cursor.fetchmany(CHUNK):
                yield rows

    def check(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the envelopes of rows that can be read as such; note what does not hold."""
        envelopes = []
        previous, stream = self._previous, self._stream
        for row in rows:
            if row[0] != stream:
                stream, previous = row[0], evidence.GENESIS
            body, stored = row[10], row[11]
            if evidence.entry_hash(previous, body) != stored:
                self._say(row, "body and hash do not follow the entry before")
            previous = stored
            if row[12]:
                self._say(row, "the stream's head has another hash")
            try:
                envelope = json.loads(body.decode())
                said = _said(envelope)
            except (ValueError, KeyError, TypeError):
                self._say(row, "the body is not an envelope")
                continue
            if said != row[:COPIES]:
                self._name(row, said)
            envelopes.append(envelope)
        self._previous, self._stream = previous, stream
        return envelopes

    def _name(self, row: Any, said: tuple[Any, ...]) -> None:
        for name, told, kept in zip(NAMES, said, row[:COPIES], strict=True):
            if told != kept:
                self._say(row, f"{name} is {kept!r}, the hashed bytes say {told!r}")

    def _say(self, row: Any, problem: str) -> None:
        self.flaws.append((row[0], row[1], row[2], problem))


def _said(e: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the hashed bytes say of the columns, in their order."""
    stream = e["stream"]
    return (
        stream["id"], e["seq"], e["kind"], e["version"], e["site"], e["actor"]["id"], e["role"],
        e["at"], e["command"], stream["kind"],
    )  # fmt: skip
