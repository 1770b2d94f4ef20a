from django.contrib.postgres.fields import ArrayField
from django.db import models

from records.models import Projection


class PaperPack(Projection):
    """What was left of a batch, ready for printing. ``steps`` are the refs on it, in order.

    It stands on the entry ``on_seq``; ``file`` is the hash of what it says.
    """

    id = models.UUIDField(primary_key=True)
    number = models.PositiveIntegerField()
    on_seq = models.BigIntegerField()
    on_hash = models.CharField(max_length=64)
    steps = ArrayField(models.CharField(max_length=190))
    language = models.CharField(max_length=10)
    file = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="batches_paperpack_number"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="batches_paperpack_counted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
