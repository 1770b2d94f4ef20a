"""Rebuild: altered, added and removed rows are put as the entries have them; evidence is not."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from materials.models import Lot, Material
from records.reading import reading
from records.rebuilding import NotRebuilt, Rebuilt, rebuild
from records.verification import verify
from tests.builders import materials as build
from tests.records.ledger_owner import Owner, saying, unguarded

pytestmark = [
    pytest.mark.usefixtures("committed_db", "outside"),
    pytest.mark.req("P11-10a", "A11-7"),
    pytest.mark.scenario(33),
]


@pytest.fixture
def lots() -> tuple[UUID, UUID, UUID]:
    """Give a site and two of its lots."""
    actor = build.somebody()
    build.material(actor)
    assert actor.site
    return actor.site, build.lot(actor, code="L-1"), build.lot(actor, code="L-2")


def rows(site: UUID) -> list[object]:
    with reading(site=site):
        return [*Lot.objects.order_by("id").values(), *Material.objects.order_by("id").values()]


def test_rows_that_an_owner_altered_are_put_right(
    lots: tuple[UUID, UUID, UUID], owner: Owner
) -> None:
    site, one, other = lots
    before = rows(site)
    assert rebuild() == {}
    with unguarded(owner.connection, "materials_lot", "materials_material") as connection:
        connection.execute("UPDATE materials_lot SET status = 'rejected' WHERE id = %s", [one])
        connection.execute("UPDATE materials_lot SET id = gen_random_uuid() WHERE id = %s", [other])
        connection.execute("UPDATE materials_material SET title = 'another'")
    assert not verify(everything=True).clean
    assert rebuild() == {"materials_lot": Rebuilt(2, 1), "materials_material": Rebuilt(1, 0)}
    assert rows(site) == before
    assert verify(everything=True).clean


def test_nothing_is_rebuilt_from_a_ledger_that_does_not_hold(
    lots: tuple[UUID, UUID, UUID], owner: Owner
) -> None:
    _, one, _ = lots
    owner.run(f"UPDATE records_entry SET {saying('L-1', 'L-9')} WHERE stream = '{one}'")
    with pytest.raises(NotRebuilt) as refused:
        rebuild()
    assert str(refused.value.differences[0]).startswith(f"entry {one}/1 (lot.")


def test_the_command_says_what_it_put_right(lots: tuple[UUID, UUID, UUID], owner: Owner) -> None:
    _, one, _ = lots
    with unguarded(owner.connection, "materials_lot") as connection:
        connection.execute("DELETE FROM materials_lot WHERE id = %s", [one])
    out = StringIO()
    call_command("rebuild", stdout=out)
    call_command("rebuild", stdout=out)
    assert out.getvalue().splitlines() == [
        "materials_lot: 1 rows put right, 0 removed",
        "Every row is what the entries say: nothing was changed",
    ]
    owner.run(f"UPDATE records_entry SET {saying('L-1', 'L-9')} WHERE stream = '{one}'")
    with pytest.raises(CommandError, match="nothing is rebuilt"):
        call_command("rebuild", stdout=out)
