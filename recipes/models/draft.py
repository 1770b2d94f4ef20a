"""A recipe while it is being written."""

from django.db import models
from django.db.models import Q

from recipes.enums import DraftState
from records.models import Projection


class RecipeDraft(Projection):
    """A document that several people write. ``id`` is its stream; ``content`` is plain data.

    ``editors`` are the people who changed it, as text ids: none of them approves it later.
    ``stacks`` holds for each of them the numbers of the entries that they can take back
    (``undo``) and bring back (``redo``), the newest last.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    state = models.CharField(max_length=9, choices=DraftState)
    content = models.JSONField()
    source_version = models.UUIDField(null=True)
    editors = models.JSONField(default=list)
    stacks = models.JSONField(default=dict)
    opened_by = models.UUIDField(null=True)
    opened_by_name = models.CharField(max_length=120)
    edited_at = models.DateTimeField()
    edited_by_name = models.CharField(max_length=120)
    version = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["site", "state"], name="recipes_draft_site_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DraftState.values), name="recipes_draft_state"
            ),
            models.CheckConstraint(
                condition=Q(state=DraftState.SENT, version__isnull=False)
                | (~Q(state=DraftState.SENT) & Q(version__isnull=True)),
                name="recipes_draft_sent_version",
            ),
        ]

    def __str__(self) -> str:
        return self.code
