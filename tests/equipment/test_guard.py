"""Nobody but a fold writes a claim: raw SQL as the application is refused."""

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from equipment.models import Claim
from mes.lib.ids import uuid7
from records.reading import reading
from tests.builders.equipment import booking, claimed, hall

CHANGES = [
    "DELETE FROM equipment_claim WHERE id = %(claim)s",
    "UPDATE equipment_claim SET state = 'withdrawn' WHERE id = %(claim)s",
    "UPDATE equipment_claim SET during = during + interval '1 day' WHERE id = %(claim)s",
    "UPDATE equipment_claim SET stream = %(other)s WHERE id = %(claim)s",
    "UPDATE equipment_claim SET stream = %(other)s, entry_seq = 1 WHERE id = %(claim)s",
    "UPDATE equipment_claim SET holder = %(other)s WHERE id = %(claim)s",
    "UPDATE equipment_claim SET entry_seq = entry_seq + 1 WHERE id = %(claim)s",
    "INSERT INTO equipment_claim SELECT * FROM equipment_claim WHERE id = %(claim)s",
    "TRUNCATE equipment_claim",
]


REFUSED = r"never|keeps its stream|fold of an entry only|duplicate key|permission denied|only grows"


def as_application(site: UUID, statement: str, params: dict[str, UUID]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(site)])
        cursor.execute(statement, params)


@pytest.mark.req("P11-10e2")
@pytest.mark.parametrize("statement", CHANGES)
def test_raw_change_of_a_claim_is_refused(committed_db: str, statement: str) -> None:
    site = uuid7()
    there = hall(site=site, places=2)
    [claim] = claimed(site, booking(there.places[0]))
    shifted = statement.replace(
        "during + interval '1 day'", "tstzrange(lower(during), upper(during) + interval '1 day')"
    )
    with pytest.raises(DatabaseError, match=REFUSED):
        as_application(site, shifted, {"claim": claim, "other": there.places[1]})
    with reading(site=site):
        row = Claim.objects.get(id=claim)
        assert (row.stream, row.state) == (there.places[0], "planned")


def test_another_site_sees_no_claim(committed_db: str) -> None:
    site = uuid7()
    claimed(site, booking(hall(site=site).places[0]))
    with reading(site=uuid7()):
        assert Claim.objects.count() == 0
    with reading(site=site):
        assert Claim.objects.count() == 1
