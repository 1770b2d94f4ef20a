from django.db import migrations

from records.guard import by_site, guarded


class Migration(migrations.Migration):
    """Written by folds only, and seen by site."""

    dependencies = [("materials", "0001_materials"), ("records", "0003_walls")]
    operations = [
        *guarded("materials_material"),
        *by_site("materials_historicalmaterial"),
        *guarded("materials_lot"),
        *guarded("materials_lotuse"),
        *guarded("materials_container"),
        *guarded("materials_containersource"),
        *guarded("materials_labelprint"),
    ]
