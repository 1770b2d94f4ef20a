from django.db import migrations

from records.guard import APPLICATION, by_site

# A schema of its own, so that it has a backup of its own. The reader's role has no way in:
# verification needs no identity. Nobody deletes: erasure empties key and ciphertext.
SCHEMA = f"""
CREATE SCHEMA identity;
REVOKE ALL ON SCHEMA identity FROM PUBLIC;
GRANT USAGE ON SCHEMA identity TO {APPLICATION};
CREATE TABLE identity.patient_key (
    patient uuid PRIMARY KEY,
    site uuid NOT NULL,
    wrapped bytea NOT NULL
);
CREATE TABLE identity.patient_identity (
    patient uuid PRIMARY KEY REFERENCES identity.patient_key,
    site uuid NOT NULL,
    sealed bytea NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON identity.patient_key, identity.patient_identity TO {APPLICATION};
"""


class Migration(migrations.Migration):
    """Where identifying data lie, sealed."""

    dependencies = [("orders", "0002_guards")]
    operations = [
        migrations.RunSQL(SCHEMA, "DROP SCHEMA identity CASCADE"),
        *by_site("identity.patient_key"),
        *by_site("identity.patient_identity"),
    ]
