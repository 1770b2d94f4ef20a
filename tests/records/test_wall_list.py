"""The walls altered by the database's owner: ``verify`` names each that is not as it was built."""

from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from mes import settings as product
from records import walls
from records.verification import Report, verify
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


def test_the_list_is_what_the_migrations_make(cluster: Cluster) -> None:
    """After a new migration: ``make walls``, and read in the difference what it opens."""
    made, handed_out = cluster.walls().read_text(), product.MES_WALLS.read_text()
    assert walls.differences(handed_out.splitlines(), made.splitlines()) == []
    assert handed_out == made
