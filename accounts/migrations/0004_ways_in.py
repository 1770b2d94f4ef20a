import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from records.guard import APPLICATION, guarded

# allauth brings tables for accounts that it would make itself; nobody writes them here.
UNUSED = (
    "account_emailaddress, account_emailconfirmation,"
    " socialaccount_socialaccount, socialaccount_socialapp, socialaccount_socialtoken"
)
GRANTS = f"""
REVOKE INSERT, UPDATE ON {UNUSED} FROM {APPLICATION};
GRANT DELETE ON mfa_authenticator TO {APPLICATION};
"""


class Migration(migrations.Migration):
    """Links to an OpenID provider; passkeys and codes, which are added and taken away again."""

    dependencies = [
        ("accounts", "0003_places_and_times"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="attempt",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pin", "PIN"),
                    ("password", "Password"),
                    ("code", "One-time code"),
                    ("passkey", "Passkey"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=255)),
                ("linked_at", models.DateTimeField()),
                ("unlinked_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_in_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("unlinked_at__isnull", True)),
                        fields=("provider", "subject"),
                        name="accounts_signinlink_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True),
                        name="accounts_signinlink_subject",
                    ),
                ],
            },
        ),
        *guarded("accounts_signinlink"),
    ]
