from django.db import migrations, models

from records.guard import APPLICATION

COUNTED = f"GRANT UPDATE (tries, first_at, last_at) ON accounts_tried TO {APPLICATION};"
BACK = f"REVOKE UPDATE (tries, first_at, last_at) ON accounts_tried FROM {APPLICATION};"


class Migration(migrations.Migration):
    """Tries of a name that nobody has are counted, as those of a person are."""

    dependencies = [("accounts", "0027_people_of_sites_hashed")]

    operations = [
        migrations.AddField("tried", "tries", models.PositiveIntegerField(default=0)),
        migrations.AddField("tried", "first_at", models.DateTimeField(null=True)),
        migrations.AddField("tried", "last_at", models.DateTimeField(null=True)),
        migrations.RunSQL(COUNTED, BACK),
    ]
