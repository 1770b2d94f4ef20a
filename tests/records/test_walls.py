"""What the database refuses to the application, whatever code runs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import Error, connection, transaction

from mes.lib.evidence import GENESIS, entry_hash
from records.anew import projections
from records.catalogue import catalogued
from records.models import Entry, Stream
from tests.records.trial import SITE, stream_with

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.scenario(33, 58)]


def run(sql: str, params: Sequence[Any] = ()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(SITE)])
        cursor.execute(sql, params)


@pytest.mark.req("P11-10e2", "D11-12c")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_entry SET role = 'boss'",
        "UPDATE records_entry SET body = body",
        "DELETE FROM records_entry",
        "TRUNCATE records_entry",
        "UPDATE records_commandrecord SET outcome = '{}'",
        "DELETE FROM records_commandrecord",
        "UPDATE records_stream SET seq = 0",
        "UPDATE records_stream SET hash = '\\x00'",
        "DELETE FROM records_stream",
        "TRUNCATE records_stream CASCADE",
        "INSERT INTO records_simulation (purpose) VALUES ('mine')",
        "DELETE FROM records_simulation",
        "INSERT INTO records_verification (at, horizon, entries) VALUES (now(), 1, 1)",
        "ALTER TABLE records_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER mes_append_only ON records_entry",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "GRANT mes_owner TO mes_app",
        "SET ROLE mes_owner",
        # A document under a hash that is not its own.
        "INSERT INTO recipes_document VALUES (repeat('ab', 32), 'text/plain', '\\x00')",
    ],
)
def test_the_application_is_refused(sql: str) -> None:
    stream_with("first")
    with pytest.raises(Error):
        run(sql)


def forged(stream: Stream, *, seq: int, previous: bytes, body: bytes = b"{}") -> list[Any]:
    return [stream.id, seq, SITE, body, entry_hash(previous, body)]


FORGE = """
INSERT INTO records_entry
    (stream, seq, kind, version, site, role, at, command, body, hash)
VALUES (%s, %s, 'trial.said', 1, %s, 'operator', now(), gen_random_uuid(), %s, %s)
"""


def head(stream: UUID) -> Stream:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(SITE)])
        return Stream.objects.get(id=stream)


@pytest.mark.parametrize(("seq", "previous"), [(2, GENESIS), (1, None), (3, None), (4, None)])
def test_an_entry_that_does_not_extend_its_chain_is_refused(
    seq: int, previous: bytes | None
) -> None:
    stream = head(stream_with("first", "second"))
    with pytest.raises(Error, match="does not extend its chain"):
        run(FORGE, forged(stream, seq=seq, previous=previous or b"x" * 32))
    assert head(stream.id).seq == 2


def test_an_entry_of_another_site_is_refused() -> None:
    stream = head(stream_with("first"))
    params = forged(stream, seq=2, previous=bytes(stream.hash))
    params[2] = "01900000-0000-7000-8000-0000000000b2"
    with pytest.raises(Error, match="row-level security"):
        run(FORGE, params)


def test_a_head_starts_empty() -> None:
    with pytest.raises(Error, match="starts empty"):
        run(
            "INSERT INTO records_stream (id, kind, site, seq)"
            " VALUES (gen_random_uuid(), 't', %s, 5)",
            [SITE],
        )


def test_even_the_owner_cannot_update_while_the_triggers_are_on(
    owner_connection: psycopg.Connection,
) -> None:
    stream_with("first")
    with pytest.raises(psycopg.Error, match="only grows"):
        owner_connection.execute("UPDATE records_entry SET role = 'boss'")


def test_every_projection_is_guarded_and_walled(owner_connection: psycopg.Connection) -> None:
    """And the history of each catalogue, whose rows come beside their entry as well."""
    models = [*projections(), *(model.history.model for model in catalogued())]
    tables = {model._meta.db_table for model in models}
    guarded = owner_connection.execute(
        """SELECT relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE tgname = 'mes_guard' AND tgenabled = 'A'
              AND relrowsecurity AND relforcerowsecurity"""
    ).fetchall()
    assert tables == {row[0] for row in guarded}


def test_a_forged_entry_would_be_the_applications_own_act() -> None:
    """The application may extend a chain (that is what an act does), never rewrite one."""
    stream = head(stream_with("first"))
    run(FORGE, forged(stream, seq=2, previous=bytes(stream.hash)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(SITE)])
        assert Entry.objects.filter(stream=stream.id).count() == 2
