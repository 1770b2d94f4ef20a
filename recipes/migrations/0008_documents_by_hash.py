from django.db import migrations


class Migration(migrations.Migration):
    """A document is kept under its own hash only, whoever writes it."""

    dependencies = [("recipes", "0007_lacking")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE recipes_document ADD CONSTRAINT recipes_document_is_its_hash CHECK (
                hash = encode(sha256('mes:content:v1'::bytea || content), 'hex')
                OR hash = encode(sha256(content), 'hex'))
            """,
            "ALTER TABLE recipes_document DROP CONSTRAINT recipes_document_is_its_hash",
        ),
    ]
