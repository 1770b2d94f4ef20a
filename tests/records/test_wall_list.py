"""The walls altered by the database's owner: ``verify`` names each that is not as it was built."""

from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from mes import settings as product
from records import walls
from records.models import Verification
from records.verification import Report, verify
from records.wall_lines import ALL
from tests.builders.accounts import open_demo_site
from tests.records.trial import stream_with
from tests.support.cluster import Cluster

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-10a", "P11-10e2", "D11-12c"),
    pytest.mark.scenario(33, 58),
]

# What an owner or a superuser does, and the wall by whose name it is found.
WAYS = {
    "DROP POLICY by_centre ON orders_patient": "policy public.orders_patient.by_centre",
    "CREATE POLICY mine ON materials_lot TO mes_app USING (true)": (
        "policy public.materials_lot.mine"
    ),
    "ALTER POLICY by_site ON equipment_unit USING (true)": "policy public.equipment_unit.by_site",
    "DROP TRIGGER mes_guard ON batches_batch": "trigger public.batches_batch.mes_guard",
    "ALTER TABLE batches_step DISABLE TRIGGER mes_guard": "trigger public.batches_step.mes_guard",
    "ALTER TABLE records_entry ENABLE TRIGGER mes_append_only": (
        "trigger public.records_entry.mes_append_only"
    ),
    "CREATE TRIGGER mine BEFORE INSERT ON records_entry EXECUTE FUNCTION mes_refuse()": (
        "trigger public.records_entry.mine"
    ),
    "CREATE OR REPLACE FUNCTION mes_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NEW; END'": "function public.mes_refuse()",
    "ALTER FUNCTION mes_new_head() SECURITY DEFINER": "function public.mes_new_head()",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'": "function public.mine()",
    "GRANT DELETE ON records_storedfile TO mes_app": "table public.records_storedfile",
    "GRANT SELECT ON accounts_credential TO mes_reader": "table public.accounts_credential",
    "GRANT UPDATE (hash) ON records_stream TO PUBLIC": "column public.records_stream.hash",
    "GRANT CREATE ON SCHEMA public TO mes_app": "schema public",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT TRUNCATE ON TABLES TO mes_app": (
        "default grants of mes_owner on r"
    ),
    "ALTER TABLE materials_container DISABLE ROW LEVEL SECURITY": (
        "table public.materials_container"
    ),
    "ALTER TABLE equipment_room NO FORCE ROW LEVEL SECURITY": "table public.equipment_room",
    "ALTER TABLE records_entry ALTER xid DROP DEFAULT": "column public.records_entry.xid",
    "ALTER TABLE records_message ALTER cause DROP NOT NULL": "column public.records_message.cause",
    "ALTER TABLE records_leaf DROP CONSTRAINT records_leaf_entry": (
        "constraint public.records_leaf.records_leaf_entry"
    ),
    "DROP INDEX accounts_person_username": "index public.accounts_person_username",
    "CREATE RULE mine AS ON INSERT TO records_storedfile DO INSTEAD NOTHING": (
        "rule public.records_storedfile.mine"
    ),
    "CREATE TABLE mine () INHERITS (records_storedfile)": "child public.mine",
    "CREATE SCHEMA mes_reader": "schema mes_reader",
}


def found(report: Report) -> dict[str, str]:
    return {one.where: one.problem for one in report.differences}


def test_each_wall_that_an_owner_altered_is_named(owner_connection: psycopg.Connection) -> None:
    stream_with("a")
    assert verify().clean
    for way in WAYS:
        owner_connection.execute(way.encode())
    for everything in (False, True):
        named = found(verify(everything=everything))
        assert set(WAYS.values()) - set(named) == set()
        # A new table and a function have columns and rights, which are named as well.
        assert {name for name in named if ".mine" not in name and " public.mine" not in name} == {
            wall for wall in WAYS.values() if ".mine" not in wall and " public.mine" not in wall
        }
    told = named["trigger public.batches_step.mes_guard"]
    assert told.startswith("this wall was changed: it is off, CREATE TRIGGER mes_guard")
    assert named["policy public.materials_lot.mine"] == (
        "no migration makes this: permissive to mes_app using true"
    )
    assert named["policy public.orders_patient.by_centre"].startswith("this wall is gone; ")


def test_a_view_in_a_tables_place_is_found(owner_connection: psycopg.Connection) -> None:
    """What reads it sees what the owner likes, and nothing that is written arrives."""
    stream_with("a")
    owner_connection.execute("ALTER TABLE records_pulse RENAME TO hidden")
    owner_connection.execute("CREATE VIEW records_pulse AS SELECT * FROM hidden")
    named = found(verify())
    assert named["table public.records_pulse"].startswith("this wall is gone; ")
    assert named["view public.records_pulse"].startswith("no migration makes this: owner mes_owner")
    assert "table public.hidden" in named


@pytest.mark.parametrize("way", ["DROP COLUMN name", "RENAME TO hidden"])
def test_what_an_owner_took_away_is_named_though_nothing_else_can_be(
    way: str, owner_connection: psycopg.Connection
) -> None:
    open_demo_site()
    owner_connection.execute(f"ALTER TABLE accounts_site {way}".encode())
    for everything in (False, True):
        named = found(verify(everything=everything))
        gone = "column public.accounts_site.name"
        assert named[gone].startswith("this wall is gone; "), way
        assert named["verification"].startswith("cannot look further: "), way
    assert Verification.objects.filter(findings=len(named)).exists()


def test_walls_put_back_as_they_were_are_whole_again(owner_connection: psycopg.Connection) -> None:
    stream_with("a")
    owner_connection.execute("ALTER TABLE batches_step DISABLE TRIGGER mes_guard")
    assert not verify().clean
    owner_connection.execute("ALTER TABLE batches_step ENABLE ALWAYS TRIGGER mes_guard")
    assert verify().clean


def test_a_role_that_may_more_than_it_was_given_is_found(
    cluster: Cluster, committed_db: str, settings: Settings, tmp_path: Path
) -> None:
    """Roles are the whole cluster's, which tests share: the list is altered, not the role."""
    role = next(line for line in walls.meant(settings.MES_WALLS) if line.startswith("role mes_app"))
    text = settings.MES_WALLS.read_text().replace(role, f"{role} is of nobody")
    settings.MES_WALLS = tmp_path / "walls.txt"
    settings.MES_WALLS.write_text(text)
    assert found(verify()) == {
        "role mes_app": (
            "this wall was changed: it is signs in; the migrations make it signs in is of nobody"
        )
    }


# What a superuser does, or an owner to what is not ours, and by what it is found.
MIGHTY = {
    "CREATE ROLE mine LOGIN; GRANT mes_owner TO mine": "role mine",
    "CREATE ROLE mine2; GRANT mes_app TO mine2": "role mine2",
    "CREATE ROLE mine3 LOGIN SUPERUSER": "role mine3",
    "CREATE ROLE mine4 BYPASSRLS": "role mine4",
    "CREATE ROLE mine5; GRANT pg_write_all_data TO mine5": "role mine5",
    "ALTER ROLE mes_owner SUPERUSER": "role mes_owner",
    "GRANT SET ON PARAMETER session_replication_role TO mes_app": (
        "right to set session_replication_role"
    ),
    "GRANT UPDATE ON pg_class TO mes_app": "table of the server pg_class",
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO mes_app": (
        "function pg_catalog.pg_read_file(text)"
    ),
    "CREATE OR REPLACE FUNCTION pg_catalog.sha256(bytea) RETURNS bytea LANGUAGE internal STRICT"
    " IMMUTABLE AS 'sha512_bytea'": "function pg_catalog.sha256(bytea)",
    "ALTER TABLE accounts_attempt SET UNLOGGED": "table public.accounts_attempt",
    "UPDATE pg_class SET relhastriggers = false WHERE relname = 'equipment_room'": (
        "table public.equipment_room"
    ),
    "CREATE TRIGGER mine BEFORE INSERT ON records_message EXECUTE FUNCTION mes_refuse();"
    " UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'mine'": (
        "trigger public.records_message.mine"
    ),
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    " ALTER EXTENSION btree_gist ADD FUNCTION mine()": "extension btree_gist",
    "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'accounts_site_pkey'::regclass": (
        "constraint public.accounts_site.accounts_site_pkey"
    ),
    "DELETE FROM pg_trigger WHERE tgconstraint = (SELECT oid FROM pg_constraint"
    " WHERE conname LIKE 'accounts_credential_person_id%fk%')": (
        "constraint public.accounts_credential"
        ".accounts_credential_person_id_45023191_fk_accounts_person_id"
    ),
    'ALTER TABLE materials_lot ALTER code TYPE varchar(60) COLLATE "C"': (
        "column public.materials_lot.code"
    ),
    "CREATE PUBLICATION mine FOR TABLE records_entry": "publication mine",
    "CREATE CAST (text AS jsonb) WITH INOUT AS IMPLICIT": "cast text to jsonb",
    "CREATE LANGUAGE mine HANDLER plpgsql_call_handler": "language mine",
    "GRANT CREATE ON DATABASE {database} TO PUBLIC": "database",
}


def test_what_a_superuser_altered_is_named(cluster: Cluster, committed_db: str) -> None:
    """In a transaction that is taken back: roles and rights are the whole cluster's."""
    with cluster.superuser(committed_db) as connection:
        meant = lines_of(connection)
        for way, wall in MIGHTY.items():
            with connection.transaction(force_rollback=True):
                connection.execute(way.format(database=committed_db).encode())
                named = dict(walls.differences(meant, lines_of(connection)))
            assert wall in named, way
        assert walls.differences(meant, lines_of(connection)) == []


def lines_of(connection: psycopg.Connection) -> list[str]:
    connection.execute(walls.ALONE)
    return [row[0] for row in connection.execute(ALL.encode())]


def test_the_list_is_what_the_migrations_make(cluster: Cluster) -> None:
    """After a new migration: ``make walls``, and read in the difference what it opens."""
    made, handed_out = cluster.walls().read_text(), product.MES_WALLS.read_text()
    assert walls.differences(handed_out.splitlines(), made.splitlines()) == []
    assert handed_out == made
