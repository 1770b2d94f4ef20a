from django.db import migrations, models


class Migration(migrations.Migration):
    """The trail is read newest first, and each page goes on from the last entry of the one before."""

    dependencies = [("records", "0006_pulse")]

    operations = [
        migrations.AddIndex(
            "entry", models.Index(fields=["at", "stream", "seq"], name="records_entry_trail")
        ),
        migrations.RemoveIndex("entry", "records_entry_site_at"),
    ]
