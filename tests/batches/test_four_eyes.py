"""Four eyes in the schema: a service that forgot to ask is refused by the table itself."""

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
