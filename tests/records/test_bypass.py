"""Ways of writing that pass by the services: each is refused to the application's role.

On a material lot as the real services made it, with the site set, so that nothing but the guard
stands in the way. Whatever is tried, the lot and the ledger are as before.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import Error, connection, models, transaction

from materials.models import Lot
from mes.lib.ids import uuid7
from records.anew import projections
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders import materials as build

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-10e2", "D11-12c"),
    pytest.mark.scenario(58),
]


@pytest.fixture
def lot() -> Lot:
    """Give a released lot of the builders' site."""
    actor = build.somebody()
    build.material(actor)
    made = build.lot(actor)
    with reading(site=actor.site):
        return Lot.objects.get(id=made)


def sql(statement: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


def save(lot: Lot) -> None:
    lot.status = "rejected"
    lot.save()


def save_one_field(lot: Lot) -> None:
    lot.location = "elsewhere"
    lot.save(update_fields=["location"])


def save_base(lot: Lot) -> None:
    """What a fixture or a deserialised object does: no ``save`` of the model is asked."""
    lot.location = "elsewhere"
    lot.save_base(raw=True)


def another_row(lot: Lot) -> None:
    lot.id, lot.code = uuid7(), "L-FORGED"
    lot.save(force_insert=True)


def delete(lot: Lot) -> None:
    lot.delete()


def cascade(lot: Lot) -> None:
    """The collector that a cascade runs, with the lot among what it deletes."""
    collector = models.deletion.Collector(using="default")
    collector.collect([lot], reverse_dependency=True)
    collector.delete()


def raw_delete(lot: Lot) -> None:
    Lot.objects.filter(id=lot.id)._raw_delete("default")


def update(lot: Lot) -> None:
    Lot.objects.filter(id=lot.id).update(quantity_left=0)


def update_with_the_right_number(lot: Lot) -> None:
    """Names the entry that is there, as a fold does; but this transaction did not write it."""
    Lot.objects.filter(id=lot.id).update(quantity_left=0, entry_seq=lot.entry_seq)


def update_or_create(lot: Lot) -> None:
    Lot.objects.update_or_create(id=lot.id, defaults={"location": "elsewhere"})


def bulk_create(lot: Lot) -> None:
    lot.id, lot.code = uuid7(), "L-FORGED"
    Lot.objects.bulk_create([lot])


def bulk_create_over(lot: Lot) -> None:
    lot.location = "elsewhere"
    Lot.objects.bulk_create(
        [lot], update_conflicts=True, update_fields=["location"], unique_fields=["id"]
    )


def bulk_update(lot: Lot) -> None:
    lot.location = "elsewhere"
    Lot.objects.bulk_update([lot], ["location"])


def fixture(lot: Lot) -> None:
    text = serializers.serialize("json", [lot]).replace("released", "rejected")
    for read in serializers.deserialize("json", text):
        read.save()


def raw_update(lot: Lot) -> None:
    sql("UPDATE materials_lot SET status = 'rejected' WHERE id = %s", lot.id)


def raw_query(lot: Lot) -> None:
    statement = "UPDATE materials_lot SET location = 'x' WHERE id = %s RETURNING *"
    list(Lot.objects.raw(statement, [lot.id]))


def raw_merge(lot: Lot) -> None:
    sql(
        "MERGE INTO materials_lot l USING (SELECT %s::uuid AS id) s ON l.id = s.id"
        " WHEN MATCHED THEN UPDATE SET location = 'x'",
        lot.id,
    )


def hidden_in_a_query(lot: Lot) -> None:
    sql(
        "WITH done AS (UPDATE materials_lot SET location = 'x' WHERE id = %s RETURNING 1)"
        " SELECT * FROM done",
        lot.id,
    )


def anonymous_block(lot: Lot) -> None:
    sql(f"DO $$ BEGIN UPDATE materials_lot SET location = 'x' WHERE id = '{lot.id}'; END $$")


def copy_in(lot: Lot) -> None:
    columns = [field.column for field in Lot._meta.concrete_fields]
    listed = ", ".join(f'"{column}"' for column in columns)
    values = {f.column: f.value_from_object(lot) for f in Lot._meta.concrete_fields}
    values.update(id=uuid7(), code="L-FORGED")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY materials_lot ({listed}) FROM STDIN") as copy,
    ):
        copy.write_row([values[column] for column in columns])


def truncate(lot: Lot) -> None:
    sql("TRUNCATE materials_lot")


def truncate_cascade(lot: Lot) -> None:
    sql("TRUNCATE accounts_person CASCADE")


def trigger_disabled(lot: Lot) -> None:
    sql("ALTER TABLE materials_lot DISABLE TRIGGER mes_guard")


def trigger_dropped(lot: Lot) -> None:
    sql("DROP TRIGGER mes_guard ON materials_lot")


def guard_replaced(lot: Lot) -> None:
    sql(
        "CREATE OR REPLACE FUNCTION mes_guard() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NEW; END $$"
    )


def as_replica(lot: Lot) -> None:
    sql("SET session_replication_role = replica")


def as_rebuild(lot: Lot) -> None:
    """The owner's rebuild says this setting; said by the application it means nothing."""
    sql("SELECT set_config('mes.rebuild', 'on', true)")
    update(lot)


def as_owner(lot: Lot) -> None:
    sql("SET ROLE mes_owner")


def as_owners_session(lot: Lot) -> None:
    sql("SET SESSION AUTHORIZATION mes_owner")


def row_security_off(lot: Lot) -> None:
    sql("SET LOCAL row_security = off")
    sql("UPDATE materials_lot SET location = 'x'")


def tables_of_ones_own(lot: Lot) -> None:
    """A temporary ``records_entry`` would please a guard that did not name its schema."""
    sql("CREATE TEMP TABLE records_entry (stream uuid, seq bigint, xid xid8)")
    sql(
        "INSERT INTO records_entry VALUES (%s, %s, pg_current_xact_id())",
        lot.stream,
        lot.entry_seq,
    )
    sql("SET LOCAL search_path = pg_temp, public")
    sql("UPDATE public.materials_lot SET location = 'x' WHERE id = %s", lot.id)


def moved_to_another_stream(lot: Lot) -> None:
    Lot.objects.filter(id=lot.id).update(stream=uuid7())


def generic_row(lot: Lot) -> None:
    """As the admin or a shell would find the model, by its name."""
    model = ContentType(app_label="materials", model="lot").model_class()
    assert model is not None
    model._default_manager.filter(pk=lot.pk).update(location="elsewhere")


WAYS: tuple[Callable[[Lot], None], ...] = (
    save, save_one_field, save_base, another_row, delete, cascade, raw_delete, update,
    update_with_the_right_number, update_or_create, bulk_create, bulk_create_over, bulk_update,
    fixture, raw_update, raw_query, raw_merge, hidden_in_a_query, anonymous_block, copy_in,
    truncate, truncate_cascade, trigger_disabled, trigger_dropped, guard_replaced, as_replica,
    as_rebuild, as_owner, as_owners_session, row_security_off, tables_of_ones_own,
    moved_to_another_stream, generic_row,
)  # fmt: skip


def state(site: UUID | None) -> tuple[list[Any], int]:
    with reading(site=site):
        return list(Lot.objects.order_by("id").values()), Entry.objects.count()


# Not the owner, refused by a trigger or a policy (42501); COPY under row-level security (0A000).
REFUSED = {"42501", "0A000"}


def refusal_of(way: Callable[[Lot], None], lot: Lot) -> str:
    """Try a way at the lot's own site; return PostgreSQL's code of the refusal."""
    with pytest.raises((Error, psycopg.Error)) as caught, transaction.atomic():  # noqa: PT012
        sql("SELECT set_config('mes.site', %s, true)", str(lot.site))
        way(lot)
    return getattr(caught.value.__cause__ or caught.value, "sqlstate", "") or ""


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_way_past_the_services_is_refused(way: Callable[[Lot], None], lot: Lot) -> None:
    site = lot.site
    before = state(site)
    assert refusal_of(way, lot) in REFUSED
    assert state(site) == before


def test_what_was_refused_left_nothing_that_verify_would_find(lot: Lot) -> None:
    for way in (update, raw_update, bulk_update):
        refusal_of(way, lot)
    assert verify(everything=True).clean


def test_there_are_fifteen_ways_and_more() -> None:
    assert len(WAYS) >= 15


def test_there_is_no_admin_to_write_through() -> None:
    """Django's is not installed; whoever installs it adds its forms to the ways above."""
    assert not apps.is_installed("django.contrib.admin")


def test_no_projection_has_relations_of_many_to_many_or_a_cascade() -> None:
    """What could be written without its model's own row: there is none."""
    fields = [field for model in projections() for field in model._meta.get_fields()]
    many = [str(field) for field in fields if field.many_to_many]
    cascades = [
        str(field) for field in fields
        if getattr(getattr(field, "remote_field", None), "on_delete", None) is models.CASCADE
    ]  # fmt: skip
    assert (many, cascades) == ([], [])
