"""Comments on a version in review."""

from django.db import models
from django.db.models import Q

from recipes.enums import CommentState
from records.models import Projection


class RecipeComment(Projection):
    """A comment at a place of a version, with what was said under it.

    ``path`` is that of a stage, an operation or a step; empty for the whole. ``replies`` are
    mappings with ``by_name``, ``at`` and ``text``, the oldest first.
    """

    id = models.UUIDField(primary_key=True)
    version = models.UUIDField(db_index=True)
    path = models.CharField(max_length=200)
    text = models.TextField()
    by = models.UUIDField(null=True)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CommentState)
    replies = models.JSONField(default=list)
    resolution = models.TextField(default="")
    resolved_by_name = models.CharField(max_length=120, default="")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CommentState.values), name="recipes_comment_state"
            ),
            models.CheckConstraint(
                condition=Q(state=CommentState.RESOLVED, resolved_at__isnull=False)
                | (~Q(state=CommentState.RESOLVED) & Q(resolved_at__isnull=True)),
                name="recipes_comment_resolved_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path}: {self.text[:40]}"
