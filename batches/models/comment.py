from django.db import models
from django.db.models import F, Q

from batches.enums import CommentState
from records.models import Projection


class AskedComment(Projection):
    """A question of QA about an exception, to one person, until it is answered or withdrawn.

    ``text`` is the answer, or why the question was withdrawn.
    """

    id = models.UUIDField(primary_key=True)
    exception = models.UUIDField()
    person = models.UUIDField()
    person_name = models.CharField(max_length=120)
    question = models.TextField()
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CommentState.choices)
    text = models.TextField(default="")
    ended_by = models.UUIDField(null=True)
    ended_by_name = models.CharField(max_length=120, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")), name="batches_comment_not_of_oneself"
            ),
            models.CheckConstraint(
                condition=Q(state=CommentState.ASKED, ended_at__isnull=True, ended_by__isnull=True)
                | Q(state=CommentState.GIVEN, ended_at__isnull=False, ended_by=F("person"))
                | Q(state=CommentState.WITHDRAWN, ended_at__isnull=False, ended_by__isnull=False),
                name="batches_comment_ended_at_by",
            ),
            models.UniqueConstraint(
                fields=["exception", "person"], condition=Q(state=CommentState.ASKED),
                name="batches_comment_one_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_name}: {self.question}"
