from django.db import models

from accounts.models.person import Person, compared
from records.models import Projection


class TreatmentCentre(Projection):
    """A hospital that orders for its patients at a site: registered once, known by its code.

    Its people are users from outside: they see the orders of their centre and nothing else.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=98)
    registered_at = models.DateTimeField()
    # Since then it takes no order and no person; what it had stays its own.
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=200, default="")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                models.F("site"), compared(models.F("code")), name="accounts_centre_code"
            ),
            models.UniqueConstraint(
                models.F("site"), compared(models.F("name")), name="accounts_centre_name"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closing_reason="")
                | (models.Q(closed_at__isnull=False) & ~models.Q(closing_reason="")),
                name="accounts_centre_closed_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call it: code and name."""
        return f"{self.code} {self.name}"


class CentreMember(Projection):
    """To which centre of a site a person belongs now. Stands on the person's stream.

    No centre: the person has left it, and belongs to none since.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="centres")
    centre = models.UUIDField(null=True)
    centre_name = models.CharField(max_length=120)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "site"], name="accounts_centremember_once"),
            models.CheckConstraint(
                condition=models.Q(site__isnull=False), name="accounts_centremember_site"
            ),
            models.CheckConstraint(
                condition=models.Q(centre__isnull=True, centre_name="")
                | (models.Q(centre__isnull=False) & ~models.Q(centre_name="")),
                name="accounts_centremember_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.centre_name or 'no centre'}"
