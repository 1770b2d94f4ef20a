from django.db import models


class Verification(models.Model):
    """A run of ``verify`` over all sites, and how many differences it found.

    After one that found none, the next looks at what was written after ``horizon``, the oldest
    transaction that was still running when the run began. ``snapshot`` is what the run saw,
    ``rows`` how many rows of each projection there were; from a run with findings nothing goes on.
    """

    at = models.DateTimeField()
    horizon = models.BigIntegerField()
    entries = models.BigIntegerField()
    snapshot = models.TextField(db_default="")
    rows = models.JSONField(null=True)
    findings = models.PositiveIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.entries}"
