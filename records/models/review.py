from django.db import models

from records.models.projection import Projection


class TrailReview(Projection):
    """A signed review of a part of the trail: of one thing up to an entry, or of a period.

    ``about`` is the thing's stream, None for all things of the site. ``own`` counts the entries of
    a period that the reviewer made: they are not covered, and wait for another person.
    """

    id = models.UUIDField(primary_key=True)
    about = models.UUIDField(null=True, db_index=True)
    label = models.CharField(max_length=200)
    upto = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    entries = models.PositiveIntegerField()
    own = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    comment = models.TextField()
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            # Of one thing up to an entry, or of all things over a period; never something else.
            models.CheckConstraint(
                condition=models.Q(
                    about__isnull=False, upto__isnull=False, since__isnull=True, until__isnull=True
                )
                | models.Q(
                    about__isnull=True, upto__isnull=True, since__isnull=False, until__isnull=False
                ),
                name="records_trailreview_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.at:%Y-%m-%d}"
