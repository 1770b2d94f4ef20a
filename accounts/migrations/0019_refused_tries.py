from django.db import migrations, models


class Migration(migrations.Migration):
    """How many tries were refused unread, until an entry tells it."""

    dependencies = [("accounts", "0018_role_approvals")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="refused",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="attempt",
            name="refused_since",
            field=models.DateTimeField(null=True),
        ),
    ]
