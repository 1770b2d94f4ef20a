from django.db import models


class Projection(models.Model):
    """A row folded from one stream's entries; names the entry that last changed it.

    Only folds write it. The guard trigger (``records.guard``) refuses any other change.
    """

    stream = models.UUIDField(db_index=True)
    entry_seq = models.BigIntegerField()
    site = models.UUIDField(null=True)

    class Meta:
        abstract = True
