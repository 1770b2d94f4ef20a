import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from records.guard import guarded

COMPARED = r"lower(regexp_replace(normalize(%(expressions)s, NFKC), '\s', '', 'g'))"

# The second wall of whoever is from outside: asked by the policies of orders, once a statement.
# A person all of whose roles at the site are that of a treatment centre is from outside.
FUNCTIONS = """
CREATE FUNCTION mes_outside() RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
SELECT coalesce(bool_and(role = 'treatment-centre'), false)
  FROM public.accounts_roleassignment
 WHERE revoked_at IS NULL
   AND person_id = nullif(current_setting('mes.person', true), '')::uuid
   AND site = nullif(current_setting('mes.site', true), '')::uuid
$$;
CREATE FUNCTION mes_centre() RETURNS uuid LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
SELECT centre FROM public.accounts_centremember
 WHERE person_id = nullif(current_setting('mes.person', true), '')::uuid
   AND site = nullif(current_setting('mes.site', true), '')::uuid
$$;
"""
DROP_FUNCTIONS = "DROP FUNCTION mes_outside, mes_centre;"
# As with roles: what one holds elsewhere is one's own to see, and goes when the account is ended.
OWN = "person_id = (SELECT nullif(current_setting('mes.person', true), '')::uuid)"
ROW: list[tuple[str, models.Field]] = [
    ("stream", models.UUIDField(db_index=True)),
    ("entry_seq", models.BigIntegerField()),
    ("site", models.UUIDField(null=True)),
    ("id", models.UUIDField(primary_key=True, serialize=False)),
]


def compared(column: str) -> models.Func:
    return models.Func(models.F(column), template=COMPARED, output_field=models.TextField())


class Migration(migrations.Migration):
    """Treatment centres are things of their own, and people from outside belong to one."""

    dependencies = [("accounts", "0015_one_human")]

    operations = [
        migrations.CreateModel(
            name="TreatmentCentre",
            fields=[
                *ROW,
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=98)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("site"), compared("code"), name="accounts_centre_code"
                    ),
                    models.UniqueConstraint(
                        models.F("site"), compared("name"), name="accounts_centre_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CentreMember",
            fields=[
                *ROW,
                ("centre", models.UUIDField(null=True)),
                ("centre_name", models.CharField(max_length=120)),
                ("since", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="centres",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "site"), name="accounts_centremember_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("site__isnull", False)),
                        name="accounts_centremember_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("centre__isnull", True), ("centre_name", "")),
                            models.Q(
                                ("centre__isnull", False),
                                models.Q(("centre_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_centremember_named",
                    ),
                ],
            },
        ),
        *guarded("accounts_treatmentcentre"),
        *guarded("accounts_centremember", visible=OWN),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
