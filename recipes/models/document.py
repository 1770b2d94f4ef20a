"""Documents by the hash of their content: written once, never changed."""

from django.db import models
from django.db.models import Q


class Document(models.Model):
    """The bytes of a recipe: canonical, or the text as it was written.

    ``hash`` is ``evidence.content_hash`` of a canonical document, and the plain SHA-256 of a
    source. The table only grows (see its migration).
    """

    hash = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="recipes_document_hash"
            ),
        ]

    def __str__(self) -> str:
        return self.hash
