import django.db.models.deletion
from django.db import migrations, models

from records.guard import guarded

# What was put forward stays as it was; approved or sent back, a version stays altogether.
FORWARD = """
CREATE FUNCTION accounts_documentversion_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL OR OLD.returned_at IS NOT NULL
       OR (NEW.path, NEW.title, NEW.number, NEW.file, NEW.predecessor_id, NEW.changes, NEW.author,
           NEW.author_name, NEW.put_forward_at)
          IS DISTINCT FROM
          (OLD.path, OLD.title, OLD.number, OLD.file, OLD.predecessor_id, OLD.changes, OLD.author,
           OLD.author_name, OLD.put_forward_at) THEN
        RAISE EXCEPTION 'a version of a document stays as it is'
            USING ERRCODE = 'check_violation', TABLE = 'accounts_documentversion',
                  CONSTRAINT = 'accounts_documentversion_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_documentversion_stays BEFORE UPDATE ON accounts_documentversion
    FOR EACH ROW EXECUTE FUNCTION accounts_documentversion_stays();
ALTER TABLE accounts_documentversion ENABLE ALWAYS TRIGGER accounts_documentversion_stays;
"""
BACK = """
DROP TRIGGER accounts_documentversion_stays ON accounts_documentversion;
DROP FUNCTION accounts_documentversion_stays();
"""


class Migration(migrations.Migration):
    """Documents of the system have versions, each approved by another person than its author."""

    dependencies = [
        ("accounts", "0020_centres_close"),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("path", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=200)),
                ("number", models.PositiveIntegerField()),
                ("file", models.CharField(max_length=64)),
                ("changes", models.TextField()),
                ("author", models.UUIDField()),
                ("author_name", models.CharField(max_length=120)),
                ("put_forward_at", models.DateTimeField()),
                ("approver", models.UUIDField(null=True)),
                ("approver_name", models.CharField(default="", max_length=120)),
                ("approved_at", models.DateTimeField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("returned_by_name", models.CharField(default="", max_length=120)),
                ("return_reason", models.CharField(default="", max_length=400)),
                (
                    "predecessor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.documentversion",
                    ),
                ),
            ],
            options={
                "ordering": ["path", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "path", "number"), name="accounts_documentversion_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("approved_at__isnull", True), ("returned_at__isnull", True)
                        ),
                        fields=("site", "path"),
                        name="accounts_documentversion_one_waits",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("approved_at__isnull", False), ("predecessor__isnull", True)
                        ),
                        fields=("site", "path"),
                        name="accounts_documentversion_first",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("approved_at__isnull", False)),
                        fields=("predecessor",),
                        name="accounts_documentversion_next",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("site__isnull", False)),
                        name="accounts_documentversion_site",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approver__isnull", True),
                            models.Q(("approver", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="accounts_documentversion_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at__isnull", True),
                                ("approver__isnull", True),
                                ("approver_name", ""),
                            ),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approver__isnull", False),
                                models.Q(("approver_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_documentversion_approved_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("return_reason", ""),
                                ("returned_at__isnull", True),
                                ("returned_by_name", ""),
                            ),
                            models.Q(
                                ("returned_at__isnull", False),
                                models.Q(("return_reason", ""), _negated=True),
                                models.Q(("approved_at__isnull", False), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_documentversion_returned_why",
                    ),
                ],
            },
        ),
        *guarded("accounts_documentversion"),
        migrations.RunSQL(FORWARD, BACK),
    ]
