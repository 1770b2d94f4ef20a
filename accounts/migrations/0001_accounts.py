import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from records.guard import READER, guarded

# A person's own roles are seen at sign-in, before a site is chosen, and with them their sites.
OWN = "person_id = (SELECT nullif(current_setting('mes.person', true), '')::uuid)"
OWN_SITES = f"id IN (SELECT a.site FROM accounts_roleassignment a WHERE a.{OWN})"

# The verifying reader has no business with secrets.
RIGHTS = f"""
REVOKE ALL ON accounts_credential, accounts_attempt FROM {READER};
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("records", "0003_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=60, unique=True)),
                ("printed_name", models.CharField(max_length=120)),
                ("badge", models.CharField(max_length=40)),
                ("active", models.BooleanField()),
                ("identity_check", models.CharField(max_length=200)),
                ("joined_at", models.DateTimeField()),
                ("disabled_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"),
                        name="accounts_person_username",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("badge"), name="accounts_person_badge"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("identity_check", ""), _negated=True),
                        name="accounts_person_identity_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("active", True), ("disabled_at__isnull", True)),
                            models.Q(("active", False), ("disabled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="accounts_person_active_or_disabled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=120)),
                ("place_kind", models.CharField(max_length=40, null=True)),
                ("place", models.UUIDField(null=True)),
                ("place_label", models.CharField(max_length=120, null=True)),
                ("idle_seconds", models.PositiveIntegerField()),
                ("active", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("site", "code"), name="accounts_device_code"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("place__isnull", True),
                                ("place_kind__isnull", True),
                                ("place_label__isnull", True),
                            ),
                            models.Q(
                                ("place__isnull", False),
                                ("place_kind__isnull", False),
                                ("place_label__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_device_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("idle_seconds__range", (30, 3600))),
                        name="accounts_device_idle",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("zone", models.CharField(max_length=60)),
                (
                    "jurisdiction",
                    models.CharField(
                        choices=[("EU", "European Union"), ("US", "United States")], max_length=2
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("jurisdiction__in", ["EU", "US"])),
                        name="accounts_site_jurisdiction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("site", models.F("id"))),
                        name="accounts_site_is_its_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("pin", "PIN"), ("password", "Password")], max_length=10
                    ),
                ),
                ("scope", models.UUIDField()),
                ("tries", models.PositiveIntegerField()),
                ("first_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "kind", "scope"), name="accounts_attempt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("pin", "PIN"), ("password", "Password")], max_length=10
                    ),
                ),
                ("hash", models.CharField(max_length=200)),
                ("changed_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "kind"), name="accounts_credential_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pin", "password"])),
                        name="accounts_credential_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hash__startswith", "argon2$argon2id$")),
                        name="accounts_credential_argon2id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=200)),
                ("valid_until", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "subject_kind", "key"), name="accounts_qualification_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=40)),
                ("granted_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("person", "role", "site"),
                        name="accounts_roleassignment_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("site__isnull", False)),
                        name="accounts_roleassignment_site",
                    ),
                ],
            },
        ),
        *guarded("accounts_roleassignment", visible=OWN),
        *guarded("accounts_site", visible=OWN_SITES),
        *guarded("accounts_person"),
        *guarded("accounts_device"),
        *guarded("accounts_qualification"),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
