from django.db import migrations, models


class Migration(migrations.Migration):
    """A secret that somebody else has set serves once; sessions end for good at an instant."""

    dependencies = [("accounts", "0005_qualification_status")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="temporary",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="person",
            name="sessions_ended_at",
            field=models.DateTimeField(null=True),
        ),
    ]
