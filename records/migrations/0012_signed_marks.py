from django.db import migrations, models


class Migration(migrations.Migration):
    """A mark is signed: a horizon that somebody raised by hand hides nothing. It tells what was found."""

    dependencies = [("records", "0011_findings")]

    operations = [
        migrations.AddField("verification", "whole", models.BooleanField(db_default=False)),
        migrations.AddField("verification", "found", models.JSONField(default=list, db_default=[])),
        migrations.AddField(
            "verification", "signature", models.CharField(max_length=128, db_default="")
        ),
    ]
