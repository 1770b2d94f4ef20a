from django.db import migrations, models

from records.guard import guarded


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0003_involved_persons_decide_nothing"),
    ]

    operations = [
        migrations.CreateModel(
            name="VoidedSignature",
            fields=[
                ("stream", models.UUIDField(db_index=True)),
                ("entry_seq", models.BigIntegerField()),
                ("site", models.UUIDField(null=True)),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("signed", models.BigIntegerField()),
                ("about", models.CharField(max_length=40)),
                ("part", models.CharField(max_length=190)),
                ("changed", models.CharField(max_length=190)),
                ("person", models.UUIDField()),
                ("printed_name", models.CharField(max_length=120)),
                ("meaning", models.CharField(max_length=200)),
                ("voided_at", models.DateTimeField()),
                ("renewed_at", models.DateTimeField(null=True)),
                ("renewed_by_name", models.CharField(default="", max_length=120)),
            ],
            options={
                "ordering": ["signed"],
            },
        ),
        migrations.AddField(
            model_name="step",
            name="corrected_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="step",
            name="corrected_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="step",
            name="corrector_name",
            field=models.CharField(default="", max_length=120),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("verified_by", models.F("corrected_by")), _negated=True),
                name="batches_step_corrector_is_not_verifier",
            ),
        ),
        migrations.AddConstraint(
            model_name="voidedsignature",
            constraint=models.UniqueConstraint(
                fields=("stream", "signed"), name="batches_voided_once"
            ),
        ),
        *guarded("batches_voidedsignature"),
    ]
