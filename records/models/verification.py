from django.db import models


class Verification(models.Model):
    """A run of ``verify`` over all sites, and how many differences it found.

    After one that found none, the next looks at what was written after ``horizon``, the oldest
    transaction that was still running when the run began. ``snapshot`` is what the run saw,
    ``rows`` how many rows of each projection there were; from a run with findings nothing goes on.
    ``whole`` says that everything was looked at, ``found`` names the first findings (no values of
    records: each site reads them), ``signature`` makes it believed (``records.marks``).
    """

    at = models.DateTimeField()
    horizon = models.BigIntegerField()
    entries = models.BigIntegerField()
    snapshot = models.TextField(db_default="")
    rows = models.JSONField(null=True)
    findings = models.PositiveIntegerField(db_default=0)
    whole = models.BooleanField(db_default=False)
    found = models.JSONField(default=list, db_default=[])
    signature = models.CharField(max_length=128, db_default="")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.entries}"
