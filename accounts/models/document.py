from django.db import models
from django.db.models import F, Q

from records.models import Projection

APPROVED = Q(approved_at__isnull=False)
RETURNED = Q(returned_at__isnull=False)


class DocumentVersion(Projection):
    """A version of a document that ships with the software, as a site has it (21 CFR 11.10(k)).

    All versions of a document stand on one stream. ``file`` is the hash under which the text is
    kept. Once approved or sent back, a version never changes (``0021_documents``).
    """

    id = models.UUIDField(primary_key=True)
    path = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    file = models.CharField(max_length=64)
    # Which version was in force when this one was put forward.
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    changes = models.TextField()
    author = models.UUIDField()
    author_name = models.CharField(max_length=120)
    put_forward_at = models.DateTimeField()
    approver = models.UUIDField(null=True)
    approver_name = models.CharField(max_length=120, default="")
    approved_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_by_name = models.CharField(max_length=120, default="")
    return_reason = models.CharField(max_length=400, default="")

    class Meta:
        ordering = ["path", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "path", "number"], name="accounts_documentversion_number"
            ),
            models.UniqueConstraint(
                fields=["site", "path"],
                condition=Q(approved_at__isnull=True, returned_at__isnull=True),
                name="accounts_documentversion_one_waits",
            ),
            # The approved ones are a line: one first, and each followed by one at most.
            models.UniqueConstraint(
                fields=["site", "path"],
                condition=APPROVED & Q(predecessor__isnull=True),
                name="accounts_documentversion_first",
            ),
            models.UniqueConstraint(
                fields=["predecessor"], condition=APPROVED, name="accounts_documentversion_next"
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False), name="accounts_documentversion_site"
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                name="accounts_documentversion_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approver__isnull=True, approver_name="")
                | (Q(approved_at__isnull=False, approver__isnull=False) & ~Q(approver_name="")),
                name="accounts_documentversion_approved_by",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by_name="", return_reason="")
                | (RETURNED & ~Q(return_reason="") & ~APPROVED),
                name="accounts_documentversion_returned_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} v{self.number}"

    @property
    def waits(self) -> bool:
        """Nobody has decided of it yet."""
        return self.approved_at is None and self.returned_at is None
