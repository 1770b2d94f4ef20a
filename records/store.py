"""SQL of the act: what opens it, what appends an entry, what closes it.

Hand-written because each trip to the server counts here: several statements travel in one
``execute`` and each still has its own snapshot, so that the key is looked up, and the clock
read, after the locks were had.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection
from psycopg.types.json import Jsonb

from mes.lib.evidence import canonical, entry_hash
from records.commands import Command
from records.entries import Payload, instant_text
from records.outbox import Draft

SCHEMA = "mes.entry/1"


@dataclass(frozen=True, slots=True)
class Head:
    """A stream's head as it stands inside the running act."""

    id: UUID
    kind: str
    site: UUID | None
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is kept of a command under a key."""

    fingerprint: str
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """What the opening trip brought back. ``made`` are the new heads that did not exist."""

    heads: dict[UUID, Head]
    earlier: Earlier | None
    made: set[UUID]
    read: datetime
    simulated: bool


NEW_HEADS = """
INSERT INTO records_stream (id, kind, site)
SELECT * FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(sites)s::uuid[])
ON CONFLICT (id) DO NOTHING RETURNING id;
"""

OPEN = """
SELECT set_config('mes.site', %(site)s, true), set_config('mes.person', %(person)s, true);
{new_heads}
WITH locked AS MATERIALIZED (
    SELECT id, kind, site, seq, hash FROM records_stream
    WHERE id = ANY(%(streams)s) ORDER BY id FOR NO KEY UPDATE
) SELECT * FROM locked;
SELECT fingerprint, outcome FROM records_commandrecord WHERE key = %(key)s;
SELECT clock_timestamp(), EXISTS (SELECT FROM records_simulation);
"""


def open_act(
    command: Command, *, streams: Sequence[UUID], new: Sequence[tuple[UUID, str, UUID | None]]
) -> Opened:
    """Set the walls, make new heads, lock all, look the key up and read the clock.

    Returns earlier outcome and heads; the caller decides. Blocks until the locks are had.
    """
    params: dict[str, Any] = {
        "site": str(command.actor.site or ""),
        "person": str(command.actor.person or ""),
        "streams": [*streams, *(row[0] for row in new)],
        "key": command.key,
        "ids": [row[0] for row in new],
        "kinds": [row[1] for row in new],
        "sites": [row[2] for row in new],
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN.format(new_heads=NEW_HEADS if new else ""), params)
        made = {row[0] for row in _next(cursor)} if new else set()
        heads = {row[0]: _head(row) for row in _next(cursor)}
        earlier = [Earlier(row[0], _plain(row[1])) for row in _next(cursor)]
        [(read, simulated)] = _next(cursor)
    return Opened(heads, earlier[0] if earlier else None, made, read, simulated)


def _head(row: Any) -> Head:
    return Head(row[0], row[1], row[2], row[3], bytes(row[4]))


def _next(cursor: Any) -> list[Any]:
    cursor.nextset()
    rows: list[Any] = cursor.fetchall()
    return rows


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def envelope_of(head: Head, payload: Payload, *, command: Command, at: datetime) -> dict[str, Any]:
    """Return the whole envelope that is hashed: the entry after ``head``."""
    actor = command.actor
    return {
        "schema": SCHEMA,
        "stream": {"kind": head.kind, "id": str(head.id)},
        "site": str(head.site) if head.site else None,
        "seq": head.seq + 1,
        "kind": payload.kind,
        "version": payload.version,
        "actor": {"id": str(actor.person) if actor.person else None, "name": actor.name},
        "role": actor.role,
        "at": instant_text(at),
        "zone": actor.zone,
        "device": str(actor.device) if actor.device else None,
        "device_time": instant_text(command.device_time) if command.device_time else None,
        "command": str(command.key),
        "payload": payload.fields(),
    }


# The one statement that an act sends again and again: a cursor that binds at the server sends it
# prepared, which saves reading and planning it anew, an eighth of an act of ten entries.
APPEND = """
INSERT INTO records_entry
    (stream, seq, kind, version, site, actor, role, at, command, body, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def append(
    head: Head, payload: Payload, *, command: Command, at: datetime
) -> tuple[Head, dict[str, Any]]:
    """Write the next entry of a locked stream; return the new head and the envelope.

    Raises NotCanonical for what cannot be recorded.
    """
    envelope = envelope_of(head, payload, command=command, at=at)
    body = canonical(envelope)
    hashed = entry_hash(head.hash, body)
    actor = command.actor
    at_server: Any = psycopg.Cursor(connection.connection)
    with connection.make_cursor(at_server) as cursor:
        cursor.execute(
            APPEND,
            [head.id, head.seq + 1, payload.kind, payload.version, head.site, actor.person,
             actor.role, at, command.key, body, hashed],
        )  # fmt: skip
    return Head(head.id, head.kind, head.site, head.seq + 1, hashed), envelope


CLOSE = """
INSERT INTO records_commandrecord (key, name, site, actor, fingerprint, at, outcome)
VALUES (%s, %s, %s, %s, %s, %s, %s);
"""

MESSAGE = """
INSERT INTO records_message (id, topic, consumer, site, zone, payload, cause, not_before)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s);
"""

CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE"


def close_act(
    command: Command, *, at: datetime, outcome: Mapping[str, Any], drafts: Sequence[Draft]
) -> None:
    """Write the command row and the messages, and check every deferred constraint now."""
    actor = command.actor
    params: list[Any] = [
        command.key, command.name, actor.site, actor.person, command.fingerprint, at,
        Jsonb(dict(outcome)),
    ]  # fmt: skip
    for draft in drafts:
        params += [
            draft.id, draft.topic, draft.consumer, actor.site, actor.zone,
            Jsonb(dict(draft.payload)), command.key, draft.not_before,
        ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CLOSE + MESSAGE * len(drafts) + CHECK_NOW, params)


def last_written(stream: UUID, *, seq: int) -> tuple[str, str]:
    """Return time (UTC, text) and printed name of an entry, for the sentence of Stale."""
    with connection.cursor() as cursor:
        find = "SELECT body FROM records_entry WHERE stream = %s AND seq = %s"
        cursor.execute(find, [stream, seq])
        envelope = json.loads(bytes(cursor.fetchone()[0]))
    return f"{envelope['at'][11:16]} UTC", envelope["actor"]["name"]


def constraint_of(error: IntegrityError) -> str | None:
    """Return the name of the constraint that PostgreSQL says was violated."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
