from django.db import migrations, models

SECONDS = [
    ("verifier", "Who verifies a step"),
    ("result-reviewer", "Who reviews a result"),
    ("reviewer", "Who reviews a batch record"),
    ("closer", "Who closes a deviation"),
    ("concession", "Who grants a concession"),
    ("releasing", "Who certifies, releases or rejects"),
    ("approver", "Who approves a recipe"),
    ("document", "Who approves a document of the system"),
]


class Migration(migrations.Migration):
    """Who approves a document is a second person, of whom a site says where they have to be."""

    dependencies = [("accounts", "0025_names_alike")]

    operations = [
        migrations.AlterField(
            "secondpersonrule", "second", models.CharField(choices=SECONDS, max_length=20)
        ),
        migrations.RemoveConstraint("secondpersonrule", "accounts_secondperson_second"),
        migrations.AddConstraint(
            "secondpersonrule",
            models.CheckConstraint(
                condition=models.Q(("second__in", [key for key, _ in SECONDS])),
                name="accounts_secondperson_second",
            ),
        ),
    ]
