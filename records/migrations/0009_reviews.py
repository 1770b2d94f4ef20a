from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    """Signed reviews of the trail: folded like every row, seen by site."""

    dependencies = [
        ("records", "0008_mark"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrailReview",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("about", models.UUIDField(db_index=True, null=True)),
                ("label", models.CharField(max_length=200)),
                ("upto", models.BigIntegerField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("entries", models.PositiveIntegerField()),
                ("own", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("comment", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
                ("by_name", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("about__isnull", False),
                                ("since__isnull", True),
                                ("until__isnull", True),
                                ("upto__isnull", False),
                            ),
                            models.Q(
                                ("about__isnull", True),
                                ("since__isnull", False),
                                ("until__isnull", False),
                                ("upto__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="records_trailreview_part",
                    )
                ],
            },
        ),
        *guarded("records_trailreview"),
    ]
