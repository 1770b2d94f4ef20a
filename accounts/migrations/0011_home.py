from django.db import migrations, models


class Migration(migrations.Migration):
    """Where a person joined: that site's administrators answer for who holds no role."""

    dependencies = [("accounts", "0010_badges")]

    operations = [
        migrations.AddField(model_name="person", name="home", field=models.UUIDField(null=True)),
    ]
