"""Operations that several recipes use."""

from django.db import models
from django.db.models import Q
from django.utils import translation

from records.models import Projection


class LibraryOperation(Projection):
    """One version of an operation of the site's library. Its stream is the operation's.

    ``content_hash`` names what is kept in ``Document``: the operation without its place.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    title = models.JSONField()
    content_hash = models.CharField(max_length=64)
    steps = models.PositiveIntegerField()
    taken_from = models.UUIDField()
    taken_from_label = models.CharField(max_length=80)
    published_at = models.DateTimeField()
    published_by_name = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=1000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code", "number"], name="recipes_libraryoperation_number"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="recipes_libraryoperation_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        titles: dict[str, str] = self.title
        wanted = ((translation.get_language() or "en").partition("-")[0], "en")
        return next((titles[name] for name in wanted if name in titles), self.code)
