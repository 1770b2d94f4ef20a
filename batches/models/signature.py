from django.db import models

from records.models import Projection


class VoidedSignature(Projection):
    """A signature that a correction voided, until its part is signed again.

    ``signed`` is the number of the entry in which the signature stands.
    """

    id = models.UUIDField(primary_key=True)
    signed = models.BigIntegerField()
    about = models.CharField(max_length=40)
    part = models.CharField(max_length=190)
    changed = models.CharField(max_length=190)
    person = models.UUIDField()
    printed_name = models.CharField(max_length=120)
    meaning = models.CharField(max_length=200)
    voided_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)
    renewed_by_name = models.CharField(max_length=120, default="")

    class Meta:
        ordering = ["signed"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "signed"], name="batches_voided_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meaning} {self.printed_name}"
