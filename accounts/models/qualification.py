from django.db import models

from accounts.enums import QualificationStatus, SubjectKind
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
    # Of the procedure on which the person was trained; none where it has no versions.
    version = models.PositiveIntegerField(null=True)
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


class ProcedureVersion(Projection):
    """A version of a procedure that is worked by; ``id`` is its own stream, of a higher app.

    Who was trained on a version before ``counts_from`` is not qualified for this one.
    """

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    counts_from = models.PositiveIntegerField()
    effective_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "key", "number"], name="accounts_procedure_number"
            ),
            models.CheckConstraint(
                condition=models.Q(counts_from__lte=models.F("number")),
                name="accounts_procedure_counts_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


class AskedSubject(Projection):
    """What a site asks of whoever works in a class of rooms, or with a class of equipment."""

    id = models.UUIDField(primary_key=True)
    subject_kind = models.CharField(max_length=40, choices=SubjectKind.choices)
    key = models.CharField(max_length=80)
    asked = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "subject_kind", "key"], name="accounts_asked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(subject_kind__in=SubjectKind.by_site),
                name="accounts_asked_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.key}"
