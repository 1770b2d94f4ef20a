from django.db import migrations

from records.guard import APPLICATION

HISTORIES = (
    "equipment_historicalequipmentclass",
    "materials_historicalmaterial",
    "recipes_historicalapprovalrule",
)


def history(table: str) -> migrations.RunSQL:
    """Return the operation after which a history only grows, each row beside its entry."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER mes_guard BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION mes_guard();
        CREATE TRIGGER mes_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION mes_refuse();
        CREATE TRIGGER mes_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION mes_refuse();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_guard;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_append_only;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_no_truncate;
        REVOKE UPDATE ON {table} FROM {APPLICATION};
        """,
        f"""
        DROP TRIGGER mes_guard ON {table};
        DROP TRIGGER mes_append_only ON {table};
        DROP TRIGGER mes_no_truncate ON {table};
        GRANT UPDATE ON {table} TO {APPLICATION};
        """,
    )


# A message is delivered, not rewritten: what it says, to whom and why stays.
NARROWED = f"""
REVOKE UPDATE ON records_message FROM {APPLICATION};
GRANT UPDATE (state, attempts, leased_by, leased_until, not_before, problem, done_at)
    ON records_message TO {APPLICATION};
REVOKE INSERT, UPDATE ON auth_group, auth_group_permissions FROM {APPLICATION};
"""
WIDE = f"""
GRANT UPDATE ON records_message TO {APPLICATION};
GRANT INSERT, UPDATE ON auth_group, auth_group_permissions TO {APPLICATION};
"""


class Migration(migrations.Migration):
    """What the application never does, it may not: rewrite a history or a message."""

    dependencies = [
        ("mes", "0001_framework"),
        ("records", "0011_findings"),
        ("equipment", "0001_equipment"),
        ("materials", "0002_guards"),
        ("recipes", "0005_reviews"),
    ]
    operations = [*map(history, HISTORIES), migrations.RunSQL(NARROWED, WIDE)]
