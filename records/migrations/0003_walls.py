from django.db import migrations

from records.guard import APPLICATION, READER, append_only, by_site

CHAIN = f"""
CREATE TRIGGER mes_extend_chain BEFORE INSERT ON records_entry
    FOR EACH ROW EXECUTE FUNCTION mes_extend_chain();
ALTER TABLE records_entry ENABLE ALWAYS TRIGGER mes_extend_chain;
CREATE TRIGGER mes_new_head BEFORE INSERT ON records_stream
    FOR EACH ROW EXECUTE FUNCTION mes_new_head();
ALTER TABLE records_stream ENABLE ALWAYS TRIGGER mes_new_head;
CREATE TRIGGER mes_no_delete BEFORE DELETE ON records_stream
    FOR EACH ROW EXECUTE FUNCTION mes_refuse();
ALTER TABLE records_stream ENABLE ALWAYS TRIGGER mes_no_delete;
CREATE TRIGGER mes_no_truncate BEFORE TRUNCATE ON records_stream
    FOR EACH STATEMENT EXECUTE FUNCTION mes_refuse();
ALTER TABLE records_stream ENABLE ALWAYS TRIGGER mes_no_truncate;
REVOKE UPDATE, DELETE, TRUNCATE ON records_stream FROM {APPLICATION};
-- A row lock asks for the right to update one column; this one means nothing.
GRANT UPDATE (lockable) ON records_stream TO {APPLICATION};
"""

MARKS = f"""
REVOKE INSERT, UPDATE ON records_simulation FROM {APPLICATION};
REVOKE INSERT, UPDATE ON records_verification FROM {APPLICATION};
GRANT INSERT ON records_verification TO {READER};
GRANT USAGE ON SEQUENCE records_verification_id_seq TO {READER};
"""


class Migration(migrations.Migration):
    """Chain, append-only evidence and the walls by site of the ledger's own tables."""

    dependencies = [("records", "0002_records")]
    operations = [
        *append_only("records_entry"),
        *append_only("records_commandrecord"),
        *append_only("records_storedfile"),
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
        migrations.RunSQL(MARKS, migrations.RunSQL.noop),
        *by_site("records_entry"),
        *by_site("records_stream"),
        *by_site("records_commandrecord"),
    ]
