from django.db import models

from accounts.enums import SecondPerson
from records.models import Projection


class SecondPersonRule(Projection):
    """Whether a kind of second person has to be on site at this site, or may be remote."""

    id = models.UUIDField(primary_key=True)
    second = models.CharField(max_length=20, choices=SecondPerson.choices)
    on_site = models.BooleanField()
    set_at = models.DateTimeField()
    set_by_name = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "second"], name="accounts_secondperson_once"),
            models.CheckConstraint(
                condition=models.Q(second__in=SecondPerson.values),
                name="accounts_secondperson_second",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.second}: {'on site' if self.on_site else 'remote'}"
