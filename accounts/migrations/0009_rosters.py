import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_subjects"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="phone",
            field=models.CharField(default="", max_length=30),
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=60)),
                ("start", models.TimeField()),
                ("end", models.TimeField()),
                ("active", models.BooleanField()),
            ],
            options={
                "ordering": ["start", "code"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)),
                        fields=("site", "code"),
                        name="accounts_shift_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("last"))),
                        name="accounts_absence_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("site__isnull", False)), name="accounts_absence_site"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("works", "Works the shift"),
                            ("lead", "Lead of the hour"),
                            ("qa-on-call", "QA on call"),
                        ],
                        max_length=12,
                    ),
                ),
                ("day", models.DateField(db_index=True)),
                ("shift", models.UUIDField()),
                ("shift_code", models.CharField(max_length=8)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        expressions=[("person", "="), ("what", "="), ("during", "&&")],
                        name="accounts_duty_one_at_a_time",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True), ("what__in", ["lead", "qa-on-call"])
                        ),
                        expressions=[("site", "="), ("what", "="), ("during", "&&")],
                        name="accounts_duty_one_on_call",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["works", "lead", "qa-on-call"])),
                        name="accounts_duty_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False),
                            ("during__lower_inf", False),
                            ("during__upper_inf", False),
                        ),
                        name="accounts_duty_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("site__isnull", False)), name="accounts_duty_site"
                    ),
                ],
            },
        ),
        *guarded("accounts_shift"),
        *guarded("accounts_duty"),
        *guarded("accounts_absence"),
    ]
