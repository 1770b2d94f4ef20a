from django.db import migrations, models

COMPARED = r"lower(regexp_replace(normalize(%(expressions)s, NFKC), '\s', '', 'g'))"


def compared(column: str) -> models.Func:
    return models.Func(models.F(column), template=COMPARED, output_field=models.TextField())


class Migration(migrations.Migration):
    """One human, one account: by printed name and by paper, for accounts made from now on."""

    dependencies = [("accounts", "0014_device_link")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="another_human",
            field=models.CharField(max_length=300, null=True),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                compared("printed_name"),
                condition=models.Q(("another_human", "")),
                name="accounts_person_one_human",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                compared("identity_check"),
                condition=models.Q(("another_human__isnull", False)),
                name="accounts_person_paper",
            ),
        ),
    ]
