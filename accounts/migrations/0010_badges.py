from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_rosters"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="badge_due_at",
            field=models.DateTimeField(null=True),
        ),
    ]
