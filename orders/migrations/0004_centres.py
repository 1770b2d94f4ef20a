from django.db import migrations, models

from records.guard import APPLICATION

# Whose an order is, for somebody from outside: their centre's; before it was told to which centre
# they belong, what they entered themselves. One wall more, in addition to that by site.
OWN = """
centre = (SELECT mes_centre())
OR (centre IS NULL AND (SELECT mes_centre()) IS NULL
    AND entered_by = (SELECT nullif(current_setting('mes.person', true), '')::uuid))
"""
# Seen only: a new patient stands there before the order that makes them the centre's.
WALLS = {
    "orders_order": ("ALL", OWN),
    "orders_collection": ("ALL", "order_id IN (SELECT id FROM orders_order)"),
    "orders_patient": ("SELECT", "id IN (SELECT patient FROM orders_order)"),
    "identity.patient_key": ("SELECT", "patient IN (SELECT patient FROM public.orders_order)"),
    "identity.patient_identity": (
        "SELECT", "patient IN (SELECT patient FROM public.orders_order)",
    ),
}  # fmt: skip


def by_centre(table: str, what: str, condition: str) -> migrations.RunSQL:
    """Return the operation after which people from outside meet their centre's rows only."""
    return migrations.RunSQL(
        f"""
        CREATE POLICY by_centre ON {table} AS RESTRICTIVE FOR {what} TO {APPLICATION}
            USING (NOT (SELECT mes_outside()) OR {condition});
        """,
        f"DROP POLICY by_centre ON {table};",
    )


class Migration(migrations.Migration):
    """An order is of a registered centre; what was written of old stays as its name."""

    dependencies = [("orders", "0003_identity"), ("accounts", "0016_centres")]

    operations = [
        migrations.RenameField(model_name="order", old_name="centre", new_name="centre_name"),
        migrations.AddField(
            model_name="order",
            name="centre",
            field=models.UUIDField(db_index=True, null=True),
        ),
        *(by_centre(table, *wall) for table, wall in WALLS.items()),
    ]
