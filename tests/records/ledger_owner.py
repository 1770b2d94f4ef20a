"""What an owner of the database can do, with the triggers off and the chains hashed anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

TABLES = ("entry", "stream", "leaf", "node", "checkpoint", "commandrecord", "storedfile", "message")

REHASH = """
CREATE FUNCTION pg_temp.rehash(which uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    previous bytea := decode(repeat('00', 32), 'hex');
    last bigint := 0;
    e record;
BEGIN
    FOR e IN SELECT seq, body FROM records_entry WHERE stream = which ORDER BY seq LOOP
        previous := sha256('mes:entry:v1'::bytea || previous || e.body);
        last := e.seq;
        UPDATE records_entry SET hash = previous WHERE stream = which AND seq = e.seq;
    END LOOP;
    UPDATE records_stream SET seq = last, hash = previous WHERE id = which;
END $$
"""


@contextmanager
def unguarded(connection: psycopg.Connection, *tables: str) -> Iterator[psycopg.Connection]:
    """Put the guards of tables off as their owner, and on again: a thief leaves no wall open."""
    named = """SELECT tgname, tgenabled FROM pg_trigger
                WHERE tgrelid = %s::regclass AND NOT tgisinternal"""
    enabled = {"A": "ENABLE ALWAYS", "O": "ENABLE"}
    before = {table: connection.execute(named, [table]).fetchall() for table in tables}
    for table in tables:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    yield connection
    for table, triggers in before.items():
        for name, how in triggers:
            again = f"ALTER TABLE {table} {enabled[how]} TRIGGER {name}"
            connection.execute(again.encode())


class Owner:
    """The owner's connection, free of every guard."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        connection.execute(REHASH)

    def run(self, *statements: str) -> None:
        """Run statements with the guards off, and put them on again."""
        with unguarded(self.connection, *(f"records_{table}" for table in TABLES)):
            for statement in statements:
                self.connection.execute(statement.encode())

    def rehash(self, stream: UUID, *statements: str) -> None:
        """Change a stream by ``statements`` so that its chain and its head hold again."""
        self.run(*statements, f"SELECT pg_temp.rehash('{stream}')")

    def relabel(self, stream: UUID) -> None:
        """Write the log's leaves anew, so that only its root differs."""
        self.run(
            f"DELETE FROM records_leaf l WHERE stream = '{stream}' AND NOT EXISTS"
            " (SELECT FROM records_entry e WHERE e.stream = l.stream AND e.seq = l.seq)",
            "UPDATE records_leaf l SET hash = e.hash FROM records_entry e"
            " WHERE e.stream = l.stream AND e.seq = l.seq",
        )


def saying(old: str, new: str) -> str:
    """Return SQL that replaces a text in a body."""
    return f"body = convert_to(replace(convert_from(body, 'UTF8'), '{old}', '{new}'), 'UTF8')"
