"""What of recipes stands in the audit trail: its streams, and kinds of entries in words."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import role_title
from recipes.entries import DRAFT_STREAM, OPERATION_STREAM, REHEARSAL_STREAM, STREAM
from recipes.gaps import said_of_row
from recipes.models import (
    LibraryOperation,
    RecipeApproval,
    RecipeDraft,
    RecipeRehearsal,
    RecipeVersion,
)
from records.things import evaluates, found_by, labels_of, says, thing, words

thing(
    STREAM, _("Recipe version"), retention="quality-system", page="recipes:version",
    labels=labels_of(RecipeVersion, "code", Value(" v"), "number"),
    find=found_by(RecipeVersion, "code"),
)  # fmt: skip
thing(
    DRAFT_STREAM, _("Draft of a recipe"), retention="quality-system", page="recipes:draft",
    labels=labels_of(RecipeDraft, "code"), find=found_by(RecipeDraft, "code"),
)  # fmt: skip
thing(
    REHEARSAL_STREAM, _("Rehearsal of a recipe"), retention="quality-system",
    page="recipes:rehearsal",
    labels=labels_of(RecipeRehearsal, "patients", Value(" / "), "seed"),
    find=found_by(RecipeRehearsal, "content_hash"),
)  # fmt: skip


def _by_code(text: str) -> Collection[UUID]:
    rows = LibraryOperation.objects.filter(code__iexact=text)
    return set(rows.values_list("stream", flat=True))


thing(
    OPERATION_STREAM, _("Operation of the library"), retention="batch-document",
    labels=labels_of(LibraryOperation, "code", stream="stream"), find=_by_code,
)  # fmt: skip

words({
    "recipe-rehearsal.requested": _("Rehearsal asked for"),
    "recipe-rehearsal.progressed": _("Rehearsal went on"),
    "recipe-rehearsal.completed": _("Rehearsal complete"),
    "recipe.imported": _("Recipe imported"),
    "recipe.submitted": _("Recipe sent to review"),
    "recipe.approved": _("Recipe signed"),
    "recipe.made_effective": _("Recipe made effective"),
    "recipe.superseded": _("Recipe superseded"),
    "recipe.withdrawn": _("Recipe withdrawn"),
    "recipe.sent_back": _("Recipe sent back"),
    "recipe.commented": _("Comment on a recipe"),
    "recipe.comment_replied": _("Comment answered"),
    "recipe.comment_resolved": _("Comment resolved"),
    "recipe-draft.opened": _("Draft opened"),
    "recipe-draft.edited": _("Draft edited"),
    "recipe-draft.sent": _("Draft sent to review"),
    "recipe-draft.discarded": _("Draft discarded"),
    "library-operation.published": _("Operation put into the library"),
    "library-operation.withdrawn": _("Operation taken out of the library"),
})  # fmt: skip

says(RecipeApproval, role=role_title, meaning=gettext, lacking=said_of_row)
evaluates(
    "configuration", "recipe.made_effective", "recipe.superseded", "recipe.withdrawn",
    "library-operation.published", "library-operation.withdrawn",
)  # fmt: skip
