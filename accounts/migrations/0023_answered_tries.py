from django.db import migrations, models

KINDS = [
    ("locked-out", "too many wrong tries of one person at one place"),
    ("blocked", "a secret is blocked after wrong tries in several places"),
    ("spray", "many people were tried from one place"),
    ("denied", "a person says that wrong tries of their secret were not theirs"),
]
# Who was blocked stays so: until now the count itself stood above its limit.
BLOCKED = """
UPDATE accounts_attempt SET blocked_at = coalesce(last_at, first_at)
 WHERE scope = '00000000-0000-0000-0000-000000000000' AND tries > 10;
"""


class Migration(migrations.Migration):
    """A right secret takes no wrong tries back; their person answers for them."""

    dependencies = [("accounts", "0022_people_of_sites")]

    operations = [
        migrations.AddField("attempt", "blocked_at", models.DateTimeField(null=True)),
        migrations.AddField("attempt", "unanswered", models.PositiveIntegerField(default=0)),
        migrations.AddField("attempt", "unanswered_since", models.DateTimeField(null=True)),
        migrations.RunSQL(BLOCKED, migrations.RunSQL.noop),
        migrations.AlterField("alarm", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.RemoveConstraint("alarm", "accounts_alarm_kind"),
        migrations.AddConstraint(
            "alarm",
            models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _ in KINDS])),
                name="accounts_alarm_kind",
            ),
        ),
    ]
