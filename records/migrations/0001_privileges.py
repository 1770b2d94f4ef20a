from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

from records.guard import DROP_FUNCTIONS, FUNCTIONS, PRIVILEGES


class Migration(migrations.Migration):
    """What every later table stands on: the three roles' rights and the guards' functions."""

    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
