from django.db import migrations, models

from records.guard import APPLICATION


class Migration(migrations.Migration):
    """A secret is hashed with the master key: those of before are good for one's own only."""

    dependencies = [("accounts", "0029_alarms_of_people")]

    operations = [
        migrations.AddField("credential", "keyed", models.BooleanField(default=False)),
        migrations.RunSQL(
            f"GRANT UPDATE (keyed) ON accounts_credential TO {APPLICATION}",
            f"REVOKE UPDATE (keyed) ON accounts_credential FROM {APPLICATION}",
        ),
    ]
