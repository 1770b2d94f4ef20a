from django.db import models


class Pulse(models.Model):
    """That a process without pages is alive, and what keeps it from its work.

    Each writes its own row only: the relay as the application, the checkpointer as the reader.
    """

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
    problem = models.TextField(db_default="")
    # Since when it cannot do its work; None when it can.
    since = models.DateTimeField(null=True)
    # What the application could reach, and must not: words of ``records.pulses.REACHES``.
    reaches = models.CharField(max_length=60, db_default="")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S} {self.problem}".rstrip()
