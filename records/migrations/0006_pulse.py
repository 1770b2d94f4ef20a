from django.db import migrations, models

from records.guard import APPLICATION, OWNER, READER

TABLE = "records_pulse"
WALL = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
GRANT INSERT, UPDATE ON {TABLE} TO {READER};
CREATE POLICY owner ON {TABLE} TO {OWNER} USING (true) WITH CHECK (true);
CREATE POLICY seen ON {TABLE} FOR SELECT TO {APPLICATION}, {READER} USING (true);
CREATE POLICY relay ON {TABLE} TO {APPLICATION}
    USING (name = 'relay') WITH CHECK (name = 'relay');
CREATE POLICY checkpointer ON {TABLE} TO {READER}
    USING (name = 'checkpoint') WITH CHECK (name = 'checkpoint');
"""


class Migration(migrations.Migration):
    """Signs of life: each process writes its own row and cannot write another's."""

    dependencies = [("records", "0005_dead_letters")]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("problem", models.TextField(db_default="")),
                ("since", models.DateTimeField(null=True)),
                ("reaches", models.CharField(db_default="", max_length=60)),
            ],
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
