from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    """Questions of QA about exceptions: to one person, and never to oneself."""

    dependencies = [
        ("batches", "0007_redline"),
    ]

    operations = [
        migrations.CreateModel(
            name="AskedComment",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("exception", models.UUIDField()),
                ("person", models.UUIDField()),
                ("person_name", models.CharField(max_length=120)),
                ("question", models.TextField()),
                ("asked_by", models.UUIDField(null=True)),
                ("asked_by_name", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for the answer"),
                            ("given", "Answered"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(default="")),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_by_name", models.CharField(default="", max_length=120)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["asked_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("person")), _negated=True),
                        name="batches_comment_not_of_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True),
                                ("ended_by__isnull", True),
                                ("state", "asked"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by", models.F("person")),
                                ("state", "given"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("state", "withdrawn"),
                            ),
                            _connector="OR",
                        ),
                        name="batches_comment_ended_at_by",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("exception", "person"),
                        name="batches_comment_one_open",
                    ),
                ],
            },
        ),
        *guarded("batches_askedcomment"),
    ]
