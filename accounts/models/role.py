from django.db import models

from accounts.models.person import Person
from records.models import Projection


class RoleAssignment(Projection):
    """A role that a person holds at a site; a revoked one stays.

    Stands on the person's stream, with the site of the grant.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "site"],
                condition=models.Q(revoked_at__isnull=True),
                name="accounts_roleassignment_once",
            ),
            models.CheckConstraint(
                condition=models.Q(site__isnull=False), name="accounts_roleassignment_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id}"
