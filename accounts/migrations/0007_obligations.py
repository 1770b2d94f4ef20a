from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_own_secrets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("about", models.CharField(max_length=40)),
                ("subject", models.UUIDField()),
                ("place", models.CharField(max_length=200)),
                ("words", models.JSONField(default=dict)),
                ("incurred_at", models.DateTimeField()),
                ("met_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["incurred_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("met_at__isnull", True)),
                        fields=["stream"],
                        name="accounts_obligation_open",
                    )
                ],
            },
        ),
        *guarded("accounts_obligation"),
    ]
