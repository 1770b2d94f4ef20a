from django.db import models
from django.db.models import Q

from records.enums import Weight
from records.models.projection import Projection


class Incident(Projection):
    """Something that went wrong with the system itself: opened, and closed with what was found.

    ``capa`` is the number under which the site's quality system follows what is done about it.
    """

    id = models.UUIDField(primary_key=True)
    title = models.CharField(max_length=120)
    weight = models.CharField(max_length=10, choices=Weight.choices)
    description = models.TextField()
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=120)
    root_cause = models.TextField(blank=True)
    action = models.TextField(blank=True)
    capa = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__in=Weight.values), name="records_incident_weight"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="records_incident_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(weight=Weight.CRITICAL, closed_at__isnull=False)
                | ~(Q(root_cause="") | Q(action="") | Q(capa="")),
                name="records_incident_critical_has_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return self.title
