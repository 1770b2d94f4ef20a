"""What the application's role may do with each table: written down, and no table is left out."""

from typing import Any

import psycopg
import pytest

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-10d", "D11-12c"),
    pytest.mark.scenario(58),
]

READS: tuple[set[str], set[str]] = ({"SELECT"}, set())
GROWS: tuple[set[str], set[str]] = ({"SELECT", "INSERT"}, set())
FOLDED = ({"SELECT", "INSERT", "UPDATE"}, {"*"})
# Triggers that make a projection, and evidence: what they are on may be written as above.
GUARDED, EVIDENCE = {"mes_guard", "mes_no_truncate"}, {"mes_append_only", "mes_no_truncate"}

ONLY_GROW = {
    "public.records_entry", "public.records_commandrecord", "public.records_storedfile",
    "public.recipes_document", "public.equipment_historicalequipmentclass",
    "public.materials_historicalmaterial", "public.recipes_historicalapprovalrule",
}  # fmt: skip
# Written by the checkpointer, the owner or a migration; or not used at all.
READ_ONLY = {
    "public.records_checkpoint", "public.records_leaf", "public.records_node",
    "public.records_simulation", "public.records_verification", "public.account_emailaddress",
    "public.account_emailconfirmation", "public.auth_group", "public.auth_group_permissions",
    "public.auth_permission", "public.django_content_type", "public.django_migrations",
    "public.socialaccount_socialaccount", "public.socialaccount_socialapp",
    "public.socialaccount_socialtoken",
}  # fmt: skip
# No projection and no evidence: what may be written of it, and why.
OTHERS: dict[str, tuple[set[str], set[str]]] = {
    # Heads: made and locked; the chain's trigger alone moves them.
    "public.records_stream": (GROWS[0], {"lockable"}),
    # Messages: delivered, never rewritten.
    "public.records_message": (
        GROWS[0],
        {"state", "attempts", "leased_by", "leased_until", "not_before", "problem", "done_at"},
    ),
    # Secrets: a trigger asks for the entry of the act that sets one.
    "public.accounts_credential": (GROWS[0], {"hash", "changed_at", "temporary", "keyed"}),
    # allauth's own rows: saved whole; a trigger asks for the entry unless only use was noted.
    "public.mfa_authenticator": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, {"*"}),
    # Counts of guesses, before any act.
    "public.accounts_attempt": (
        GROWS[0],
        {"tries", "first_at", "last_at", "refused", "refused_since", "blocked_at", "unanswered",
         "unanswered_since"},
    ),
    "public.accounts_source": (GROWS[0], {"last_at", "slow_until"}),
    "public.accounts_tried": (
        GROWS[0], {"tries", "first_at", "last_at", "wrong_at", "right_at"},
    ),
    # Who is signed in where: ended by deletion.
    "public.django_session": ({"SELECT", "INSERT", "UPDATE", "DELETE"}, {"*"}),
    # Signs of life of the relay.
    "public.records_pulse": ({"SELECT", "INSERT", "UPDATE"}, {"*"}),
    # Identities: corrected, and destroyed by destroying their key, each by an act.
    "identity.patient_identity": ({"SELECT", "INSERT", "UPDATE"}, {"*"}),
    "identity.patient_key": ({"SELECT", "INSERT", "UPDATE"}, {"*"}),
}  # fmt: skip

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname),
       ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                                        'REFERENCES', 'TRIGGER']) p
              WHERE has_table_privilege('mes_app', c.oid, p)),
       ARRAY(SELECT a.attname::text FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND has_column_privilege('mes_app', c.oid, a.attnum, 'UPDATE')),
       ARRAY(SELECT t.tgname::text FROM pg_trigger t
              WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'A')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^(pg_|information_schema)'
"""


def written(table: str, triggers: set[str]) -> tuple[set[str], set[str]]:
    """Return what is written down for a table: nothing for one that nobody has thought of."""
    if table in ONLY_GROW and triggers >= EVIDENCE:
        return GROWS
    if table in READ_ONLY:
        return READS
    if table in OTHERS:
        return OTHERS[table]
    return FOLDED if triggers >= GUARDED else (set(), set())


def test_every_table_grants_what_is_written_down_and_no_more(
    owner_connection: psycopg.Connection[Any],
) -> None:
    found, expected, tables = {}, {}, set()
    for table, rights, columns, triggers in owner_connection.execute(TABLES):
        tables.add(table)
        found[table] = (set(rights), {"*"} if "UPDATE" in rights else set(columns))
        expected[table] = written(table, set(triggers))
    assert found == expected
    assert {*ONLY_GROW, *READ_ONLY, *OTHERS} - tables == set()


def test_application_makes_nothing_of_its_own(owner_connection: psycopg.Connection[Any]) -> None:
    makes = owner_connection.execute(
        "SELECT nspname FROM pg_namespace WHERE has_schema_privilege('mes_app', oid, 'CREATE')"
    ).fetchall()
    owns = owner_connection.execute(
        "SELECT relname FROM pg_class WHERE relowner = 'mes_app'::regrole"
    ).fetchall()
    assert (makes, owns) == ([], [])
