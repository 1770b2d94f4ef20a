from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_ways_in")]

    operations = [
        migrations.AddField(
            model_name="qualification",
            name="status",
            field=models.CharField(
                choices=[
                    ("valid", "valid"),
                    ("suspended", "suspended"),
                    ("withdrawn", "withdrawn"),
                ],
                default="valid",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["valid", "suspended", "withdrawn"])),
                name="accounts_qualification_status",
            ),
        ),
    ]
