from django.db import migrations, models

from records.guard import guarded

SECONDS = [
    ("verifier", "Who verifies a step"),
    ("result-reviewer", "Who reviews a result"),
    ("reviewer", "Who reviews a batch record"),
    ("closer", "Who closes a deviation"),
    ("concession", "Who grants a concession"),
    ("releasing", "Who certifies, releases or rejects"),
    ("approver", "Who approves a recipe"),
]


class Migration(migrations.Migration):
    """The policy that a person acknowledged, and which second persons have to be on site."""

    dependencies = [("accounts", "0011_home")]

    operations = [
        migrations.AddField(
            model_name="person", name="policy", field=models.CharField(default="", max_length=20)
        ),
        migrations.AddField(
            model_name="person", name="policy_at", field=models.DateTimeField(null=True)
        ),
        migrations.CreateModel(
            name="SecondPersonRule",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("second", models.CharField(choices=SECONDS, max_length=20)),
                ("on_site", models.BooleanField()),
                ("set_at", models.DateTimeField()),
                ("set_by_name", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "second"), name="accounts_secondperson_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("second__in", [key for key, _ in SECONDS])),
                        name="accounts_secondperson_second",
                    ),
                ],
            },
        ),
        *guarded("accounts_secondpersonrule"),
    ]
