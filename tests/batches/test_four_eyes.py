"""Four eyes in the schema, against the owner too. All pairs: tests/quality/test_four_eyes.py."""

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
