"""Open batches beside a version that is to come: how far they are, and what is ahead of them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language

from batches.enums import StepState
from batches.models import Batch, Step
from equipment.models import Claim
from recipes.document import Recipe
from recipes.models import RecipeVersion
from recipes.selectors import document, reached

# Batches whose difference is looked at; a plant runs some hundreds at once.
MOST = 500


def touched_page(version: RecipeVersion) -> dict[str, Any]:
    """Return the executing batches of the recipe that have pinned another document."""
    rows = Batch.objects.executing().filter(recipe=version.code)
    batches = list(rows.exclude(recipe_hash=version.content_hash).order_by("number")[:MOST])
    done = _done(one.id for one in batches)
    claims = Counter(
        Claim.objects.filter(holder__in=[one.id for one in batches]).live()
        .values_list("holder", flat=True)
    )  # fmt: skip
    return {
        "rows": [_row(one, version, done.get(one.id, set()), claims[one.id]) for one in batches],
        "version": version,
    }


def _done(batches: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return the paths of the steps that were begun, by batch: one query for all."""
    begun = Step.objects.filter(stream__in=list(batches)).exclude(state=StepState.WAITING)
    found: dict[UUID, set[str]] = {}
    for batch, path in begun.values_list("stream", "path"):
        found.setdefault(batch, set()).add(path)
    return found


def _row(batch: Batch, version: RecipeVersion, done: set[str], claims: int) -> dict[str, Any]:
    own, later = document(batch.recipe_hash), document(version.content_hash)
    found = reached(batch.recipe_hash, version.content_hash, done)
    return {
        "batch": batch,
        "url": reverse("batches:record", args=[batch.id]),
        "passed": len(found.passed),
        "changed": len(found.passed) + len(found.ahead),
        "next": found.ahead[0] if found.ahead else "",
        "next_title": _title(own, later, found.ahead[0]) if found.ahead else "",
        "claims": claims,
    }


def _title(own: Recipe, later: Recipe, path: str) -> str:
    """Return what a place is called in the batch's document; what is new, in the later one."""
    for recipe in (own, later):
        placed, operation = recipe.by_path.get(path), recipe.operation(path)
        if placed is not None:
            return placed.step.text.say(get_language() or "en")
        part = recipe.stage_by_key.get(path) or operation
        if part is not None:
            return part.title.say(get_language() or "en")
    return path
