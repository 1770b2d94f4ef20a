from django.contrib.postgres.fields import ArrayField
from django.db import models

from records.models import Projection


class CoiRegister(Projection):
    """A site's register of chain-of-identity identifiers: the last serial that was given."""

    id = models.UUIDField(primary_key=True)
    # Facility identification number (ISBT 128); A9990 to A9999 are for validation and demos.
    facility = models.CharField(max_length=5, unique=True)
    unwanted = ArrayField(models.CharField(max_length=2), default=list)
    serial = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site"], name="orders_register_one_a_site"),
        ]

    def __str__(self) -> str:
        return self.facility
