from django.db import models
from django.db.models import F, Q

from accounts.models.person import Person
from records.models import Projection


class RoleApproval(Projection):
    """Who was asked to confirm that they approved a granted role, and the answer.

    ``id`` is that of the assignment. Stands on the stream of whoever got the role.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="approvals")
    role = models.CharField(max_length=40)
    approver = models.UUIDField()
    approver_name = models.CharField(max_length=120)
    granted_by = models.UUIDField(null=True)
    granted_by_name = models.CharField(max_length=120)
    paper = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(approver=F("person")), name="accounts_roleapproval_not_receiver"
            ),
            # Nobody granted it: the system did. A NULL is no approver.
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(approver=F("granted_by")),
                name="accounts_roleapproval_not_grantor",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, approved__isnull=True)
                | Q(answered_at__isnull=False, approved__isnull=False),
                name="accounts_roleapproval_answered_at",
            ),
            models.CheckConstraint(
                condition=~Q(approved=False, reason=""), name="accounts_roleapproval_refused_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id} by {self.approver_name}"
