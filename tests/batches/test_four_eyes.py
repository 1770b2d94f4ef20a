"""Four eyes in the schema: a service that forgot to ask is refused by the table itself."""

import re

import psycopg
import pytest

from tests.builders.batches import STEPS, batch_at

SEEDED = STEPS[3]


@pytest.mark.req("P11-10d", "A11-6")
@pytest.mark.scenario(29)
def test_the_schema_refuses_a_performer_as_verifier(owner_connection: psycopg.Connection) -> None:
    trial = batch_at(SEEDED)
    trial.perform(SEEDED)
    owner_connection.execute("SET mes.rebuild = 'on'")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner_connection.execute(
            "UPDATE batches_step SET verified_by = performed_by, verified_at = performed_at"
            " WHERE performed_by IS NOT NULL"
        )
    assert refused.value.diag.constraint_name == "batches_step_performer_is_not_verifier"


@pytest.mark.parametrize("deciding", ["reviewed", "dispositioned"])
@pytest.mark.parametrize("part", ["performed_by", "recorded_by"])
@pytest.mark.req("P11-10d", "A11-6")
def test_the_schema_refuses_who_worked_on_a_batch_as_its_reviewer(
    owner_connection: psycopg.Connection, deciding: str, part: str
) -> None:
    trial = batch_at(SEEDED)
    trial.perform(SEEDED)
    owner_connection.execute("SET mes.rebuild = 'on'")
    also = ", disposition = 'released'" if deciding == "dispositioned" else ""
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner_connection.execute(
            f"UPDATE batches_batch SET {deciding}_at = now(), {deciding}_by ="
            f" (SELECT {part} FROM batches_step WHERE {part} IS NOT NULL LIMIT 1){also}"
        )
    assert refused.value.diag.constraint_name == "batches_batch_performer_is_not_reviewer"


PAIRS = {
    ("batches_batch", "reviewed_by", "dispositioned_by"),
    ("batches_batchexception", "judged_by", "raised_by"),
    ("batches_concession", "asked_by", "answered_by"),
    ("batches_step", "verified_by", "performed_by"),
    ("quality_result", "reviewed_by", "entered_by"),
    ("recipes_recipeapproval", "person", "author"),
}


@pytest.mark.req("P11-10d", "A11-6")
def test_each_pair_of_persons_has_its_constraint(owner_connection: psycopg.Connection) -> None:
    rows = owner_connection.execute(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    ).fetchall()
    missing = {
        pair
        for pair in PAIRS
        if not any(
            table == pair[0] and ("<>" in said or "NOT" in said) and set(pair[1:]) <= words(said)
            for table, said in rows
        )
    }
    assert missing == set()


def words(said: str) -> set[str]:
    """Return the words of a constraint's definition."""
    return set(re.findall(r"\w+", said))
