import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    """Who approved a granted role is asked, and answers by signature."""

    dependencies = [("accounts", "0017_enabled_again")]

    operations = [
        migrations.CreateModel(
            name="RoleApproval",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=40)),
                ("approver", models.UUIDField()),
                ("approver_name", models.CharField(max_length=120)),
                ("granted_by", models.UUIDField(null=True)),
                ("granted_by_name", models.CharField(max_length=120)),
                ("paper", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("approved", models.BooleanField(null=True)),
                ("reason", models.CharField(max_length=300)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("approver", models.F("person")), _negated=True),
                        name="accounts_roleapproval_not_receiver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("granted_by__isnull", True),
                            models.Q(("approver", models.F("granted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_roleapproval_not_grantor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("approved__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("approved__isnull", False)),
                            _connector="OR",
                        ),
                        name="accounts_roleapproval_answered_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approved", False), ("reason", ""), _negated=True),
                        name="accounts_roleapproval_refused_why",
                    ),
                ],
            },
        ),
        *guarded("accounts_roleapproval"),
    ]
