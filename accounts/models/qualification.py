from django.db import models

from accounts.enums import QualificationStatus
from accounts.models.person import Person
from records.models import Projection


class Qualification(Projection):
    """A person is qualified for a subject until a time: a procedure, an equipment class …

    ``key`` is what a recipe's step asks for.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="qualifications")
    subject_kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    valid_until = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=QualificationStatus.choices, default=QualificationStatus.VALID
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "subject_kind", "key"], name="accounts_qualification_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=QualificationStatus.values),
                name="accounts_qualification_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.person_id}"
