from django.db import models

from records.models import Projection


class Obligation(Projection):
    """What a person owes at a site, until it is met. Its stream is the person's."""

    id = models.UUIDField(primary_key=True)
    about = models.CharField(max_length=40)
    subject = models.UUIDField()
    place = models.CharField(max_length=200)
    words = models.JSONField(default=dict)
    incurred_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["incurred_at", "id"]
        indexes = [
            models.Index(
                fields=["stream"],
                condition=models.Q(met_at__isnull=True),
                name="accounts_obligation_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.about} of {self.stream}"
