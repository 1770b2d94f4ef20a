from django.db import migrations, models


class Migration(migrations.Migration):
    """The checkpointer asks for the messages of the acts that it seals, every minute."""

    dependencies = [("records", "0012_signed_marks")]

    operations = [
        migrations.AddIndex(
            "message", models.Index(fields=["cause"], name="records_message_cause")
        ),
    ]
