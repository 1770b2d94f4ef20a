from django.db import migrations, models

STATES = [
    ("waiting", "waiting"),
    ("leased", "leased"),
    ("done", "done"),
    ("dead", "dead letter"),
    ("aside", "set aside"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0004_log")]

    operations = [
        migrations.AddField("message", "leased_by", models.IntegerField(null=True)),
        migrations.RemoveConstraint("message", "records_message_state"),
        migrations.AlterField(
            "message",
            "state",
            models.CharField(choices=STATES, db_default="waiting", max_length=10),
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(("state__in", [state for state, _ in STATES])),
                name="records_message_state",
            ),
        ),
    ]
