from django.db import migrations


class Migration(migrations.Migration):
    """A message that came to nothing was marked done by no act: those of before get theirs."""

    dependencies = [("records", "0013_messages_of_an_act")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO records_commandrecord (key, name, site, fingerprint, at, outcome)
            SELECT id, 'message.discard', site, encode(sha256(convert_to(id::text, 'UTF8')), 'hex'),
                   done_at, '{"reply": {}}'
              FROM records_message m WHERE state = 'done' AND topic <> 'canary' AND NOT EXISTS
                   (SELECT FROM records_commandrecord c WHERE c.key = m.id)
            """,
            migrations.RunSQL.noop,
        ),
    ]
