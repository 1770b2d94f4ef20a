from django.db import migrations, models


class Migration(migrations.Migration):
    """A run with findings is told of, too: an evaluation has to say that there was one."""

    dependencies = [("records", "0010_incidents")]

    operations = [
        migrations.AddField("verification", "findings", models.PositiveIntegerField(db_default=0)),
    ]
