from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_obligations"),
    ]

    operations = [
        migrations.AddField(
            model_name="qualification",
            name="version",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=200)),
                ("number", models.PositiveIntegerField()),
                ("counts_from", models.PositiveIntegerField()),
                ("effective_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "key", "number"), name="accounts_procedure_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counts_from__lte", models.F("number"))),
                        name="accounts_procedure_counts_from",
                    ),
                ],
            },
        ),
        *guarded("accounts_procedureversion"),
        migrations.CreateModel(
            name="AskedSubject",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "subject_kind",
                    models.CharField(
                        choices=[
                            ("procedure", "Procedure"),
                            ("equipment-class", "Equipment class"),
                            ("gowning", "Gowning"),
                            ("process-simulation", "Aseptic process simulation"),
                        ],
                        max_length=40,
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("asked", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "subject_kind", "key"), name="accounts_asked_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject_kind__in", ["gowning", "equipment-class"])),
                        name="accounts_asked_kind",
                    ),
                ],
            },
        ),
        *guarded("accounts_askedsubject"),
    ]
