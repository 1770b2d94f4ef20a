from django.db import models

from accounts.enums import Jurisdiction
from records.models import Projection


class Site(Projection):
    """A plant. Its ``site`` column is its own id, so the walls by site hold for it too."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    # IANA name; shifts and screens use it, storage is UTC.
    zone = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=2, choices=Jurisdiction.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(jurisdiction__in=Jurisdiction.values),
                name="accounts_site_jurisdiction",
            ),
            models.CheckConstraint(
                condition=models.Q(site=models.F("id")), name="accounts_site_is_its_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
