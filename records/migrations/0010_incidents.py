from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    """Incidents of the system: folded like every row, seen by site."""

    dependencies = [
        ("records", "0009_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120)),
                (
                    "weight",
                    models.CharField(
                        choices=[("minor", "minor"), ("major", "major"), ("critical", "critical")],
                        max_length=10,
                    ),
                ),
                ("description", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("opened_by_name", models.CharField(max_length=120)),
                ("root_cause", models.TextField(blank=True)),
                ("action", models.TextField(blank=True)),
                ("capa", models.CharField(blank=True, max_length=60)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
                ("closed_by_name", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__in", ["minor", "major", "critical"])),
                        name="records_incident_weight",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="records_incident_closed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False), ("weight", "critical"), _negated=True
                            ),
                            models.Q(
                                ("root_cause", ""),
                                ("action", ""),
                                ("capa", ""),
                                _connector="OR",
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="records_incident_critical_has_its_cause",
                    ),
                ],
            },
        ),
        *guarded("records_incident"),
    ]
