from django.db import migrations

from records.guard import guarded

TABLES = (
    "batches_batch",
    "batches_batchnumber",
    "batches_batchexception",
    "batches_batchresult",
    "batches_concession",
    "batches_operation",
    "batches_refusedattempt",
    "batches_stage",
    "batches_step",
)


class Migration(migrations.Migration):
    """Rows of batches are written by folds only and seen by site."""

    dependencies = [("batches", "0001_batches"), ("records", "0003_walls")]
    operations = [operation for table in TABLES for operation in guarded(table)]
