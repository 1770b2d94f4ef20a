"""The second wall: a forgotten filter in any query still shows no row of another site."""

from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from orders.models import Patient
from orders.services import Identity, record_identity
from recipes.services.approvers import set_approvers
from records.reading import reading
from tests.builders.accounts import a_command, open_demo_site
from tests.builders.batches import STEPS, batch_at
from tests.records.golden_rows import golden_rows

pytestmark = [pytest.mark.usefixtures("committed_db", "at_time"), pytest.mark.scenario(33)]

WITH_A_SITE = """
SELECT format('%I.%I', n.nspname, c.relname), c.relrowsecurity AND c.relforcerowsecurity,
       coalesce((SELECT array_agg(p.policyname::text) FROM pg_policies p
                  WHERE p.schemaname = n.nspname AND p.tablename = c.relname
                    AND 'mes_app' = ANY (p.roles)), '{}')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND a.attname IN ('site', 'site_id') AND NOT a.attisdropped
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
 ORDER BY 1
"""


# Tables with a site that the wall does not part, each with its reason; a new one is a decision.
OPEN = {
    # By design the outbox has no policy: a handler's act sets the site of its message.
    "public.records_message": "the relay carries the messages of all sites, as the application",
}


def walled(owner: psycopg.Connection) -> list[str]:
    """Return the tables with a site whose rows the policies part."""
    return [row[0] for row in owner.execute(WITH_A_SITE) if row[1] and row[2]]


def test_every_table_with_a_site_has_its_forced_wall(owner_connection: psycopg.Connection) -> None:
    found = {row[0] for row in owner_connection.execute(WITH_A_SITE)}
    assert found - set(walled(owner_connection)) == set(OPEN)


def seen(table: str, *, at: UUID | None, of: UUID) -> int:
    """Count, as the application's role, the rows of a site while another (or none) is set."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(at or "")])
        cursor.execute(f"SELECT count(*) FROM {table} WHERE site = %s", [of])
        return int(cursor.fetchone()[0])


def a_full_site() -> UUID:
    """Return a site with a row in every table: a batch at work, an identity, all entry kinds."""
    trial = batch_at(STEPS[3])
    coordinator = trial.plant.crew.actor("haddad")
    with reading(site=trial.site):
        patient = Patient.objects.values_list("id", flat=True)[0]
    record_identity(command=a_command(coordinator), patient=patient, identity=Identity(name="X"))
    set_approvers(
        command=a_command(trial.plant.crew.actor("brenner")), in_order=False, reason="SOP-9",
        roles=("recipe-approver", "qa-reviewer"),
    )  # fmt: skip
    golden_rows(trial.site)
    return trial.site


def test_no_query_sees_a_row_of_another_site(owner_connection: psycopg.Connection) -> None:
    here, there = open_demo_site("MZ9").id, a_full_site()
    tables = walled(owner_connection)
    assert [table for table in tables if not seen(table, at=there, of=there)] == []
    across = {
        table: (seen(table, at=here, of=there), seen(table, at=None, of=there)) for table in tables
    }
    assert across == dict.fromkeys(tables, (0, 0))
