from django.db import migrations, models

COMPARED = r"lower(regexp_replace(normalize(%(expressions)s, NFKC), '\s', '', 'g'))"


class Migration(migrations.Migration):
    """A disabled account has a way back, on a paper of its own."""

    dependencies = [("accounts", "0016_centres")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="identity_recheck",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                models.Func(
                    models.F("identity_recheck"),
                    template=COMPARED,
                    output_field=models.TextField(),
                ),
                condition=models.Q(("identity_recheck", ""), _negated=True),
                name="accounts_person_paper_again",
            ),
        ),
    ]
