from django.db import models


class Verification(models.Model):
    """A clean run of ``verify``: the next one looks at what was written after ``horizon``.

    ``horizon`` is the oldest transaction that was still running when the run began.
    ``snapshot`` is what the run saw, ``rows`` how many rows of each projection there were.
    """

    at = models.DateTimeField()
    horizon = models.BigIntegerField()
    entries = models.BigIntegerField()
    snapshot = models.TextField(db_default="")
    rows = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.entries}"
