from django.db import migrations, models


class Migration(migrations.Migration):
    """The enrolment that was taken last: one browser is the tablet, and an earlier one no more."""

    dependencies = [("accounts", "0013_access_reviews")]

    operations = [
        migrations.AddField(model_name="device", name="link", field=models.UUIDField(null=True)),
    ]
