from django.db import models


class CommandRecord(models.Model):
    """A command that was done or refused, with its reply: kept for the record's life."""

    key = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    site = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField()
    # What was answered: under ``reply``, or under ``refused``, ``params`` and ``field``.
    outcome = models.JSONField()

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
