from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    """Clocks of containers: written by folds only, and seen by site."""

    dependencies = [("materials", "0002_guards"), ("records", "0003_walls")]
    operations = [
        migrations.CreateModel(
            name="ContainerClock",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "name"), name="materials_clock_once")
                ],
            },
        ),
        *guarded("materials_containerclock"),
    ]
