from django.db import migrations

from records.guard import guarded


class Migration(migrations.Migration):
    """Written by folds only, and seen by site."""

    dependencies = [("orders", "0001_orders")]
    operations = [
        *guarded("orders_patient"),
        *guarded("orders_coiregister"),
        *guarded("orders_order"),
        *guarded("orders_collection"),
    ]
