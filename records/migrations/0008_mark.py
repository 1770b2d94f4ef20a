from django.db import migrations, models


class Migration(migrations.Migration):
    """A mark also says what its run saw, and how many rows: one that is gone has no new version."""

    dependencies = [("records", "0007_trail")]

    operations = [
        migrations.AddField("verification", "snapshot", models.TextField(db_default="")),
        migrations.AddField("verification", "rows", models.JSONField(null=True)),
    ]
