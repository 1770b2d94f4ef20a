"""What quality asks of people: signatures that a change voided, comments on exceptions."""

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.owed import owed
from batches.findings import changed_text
from batches.services.corrections import SIGN_AGAIN
from mes.ui.text import part_text
from quality.services.comments import COMMENT


def _sentence(words: Mapping[str, str]) -> str:
    return _("Sign again in %(batch)s: %(meaning)s (%(why)s)") % {
        "batch": words.get("batch", ""), "meaning": _(words.get("meaning", "")),
        "why": changed_text(words.get("step", "")),
    }  # fmt: skip


def _url(batch: UUID, place: str) -> str:
    return reverse("quality:sign_again", args=[batch, int(place)])


owed(SIGN_AGAIN, sentence=_sentence, url=_url)


def _comment_sentence(words: Mapping[str, str]) -> str:
    return _("Comment on an exception in %(batch)s, step %(step)s, for %(name)s") % {
        "batch": words.get("batch", ""), "step": part_text(words.get("step", "")),
        "name": words.get("name", ""),
    }  # fmt: skip


def _comment_url(batch: UUID, place: str) -> str:
    return reverse("quality:comment", args=[batch, UUID(place)])


owed(COMMENT, sentence=_comment_sentence, url=_comment_url)
