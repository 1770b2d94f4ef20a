import django.contrib.postgres.fields
from django.db import migrations, models

from records.guard import guarded

DECISIONS = [
    ("keep", "keep as it is"),
    ("change", "change the roles"),
    ("disable", "disable the account"),
]
ROW: list[tuple[str, models.Field]] = [
    ("stream", models.UUIDField(db_index=True)),
    ("entry_seq", models.BigIntegerField()),
    ("site", models.UUIDField(null=True)),
]


class Migration(migrations.Migration):
    """Reviews of accounts and rights, person by person."""

    dependencies = [("accounts", "0012_signing")]

    operations = [
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                *ROW,
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("opened_by_name", models.CharField(max_length=120)),
                ("due_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-opened_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("site",),
                        name="accounts_accessreview_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessReviewItem",
            fields=[
                *ROW,
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "review",
                        "person",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("review", models.UUIDField()),
                ("person", models.UUIDField()),
                ("printed_name", models.CharField(max_length=120)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("decision", models.CharField(blank=True, choices=DECISIONS, max_length=10)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_by_name", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ["printed_name", "person"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["", "keep", "change", "disable"])),
                        name="accounts_accessreviewitem_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("person")), _negated=True),
                        name="accounts_accessreviewitem_person_is_not_reviewer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decision", "")),
                            models.Q(
                                ("decided_at__isnull", False),
                                models.Q(("decision", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_accessreviewitem_decided_at",
                    ),
                ],
            },
        ),
        *guarded("accounts_accessreview"),
        *guarded("accounts_accessreviewitem"),
    ]
