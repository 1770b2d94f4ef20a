from django.db import migrations

from records.guard import OWNER

TABLES = ("identity.patient_key", "identity.patient_identity")
# After a restored backup of the keys the owner erases again what was erased (docs/deploy.md).
GUARD = """
CREATE TRIGGER mes_by_entry BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW WHEN (current_user <> '{owner}')
    EXECUTE FUNCTION mes_by_entry('patient', 'identity.recorded', 'patient.erased');
ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_by_entry;
"""


class Migration(migrations.Migration):
    """No identity is sealed, replaced or erased by a row without its entry."""

    dependencies = [("orders", "0005_closed_centres"), ("accounts", "0024_secrets_by_entry")]

    operations = [
        migrations.RunSQL(
            "".join(GUARD.format(table=table, owner=OWNER) for table in TABLES),
            "".join(f"DROP TRIGGER mes_by_entry ON {table};" for table in TABLES),
        ),
    ]
