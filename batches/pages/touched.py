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
from recipes.difference import Difference
from recipes.models import RecipeVersion
from recipes.selectors import differences, document

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
    changed = _changed(differences(batch.recipe_hash, version.content_hash))
    passed = [path for path in changed if _behind(path, done)]
    ahead = [path for path in changed if path not in passed]
    return {
        "batch": batch,
        "url": reverse("batches:record", args=[batch.id]),
        "passed": len(passed),
        "changed": len(changed),
        "next": ahead[0] if ahead else "",
        "next_title": _title(batch, ahead[0]) if ahead else "",
        "claims": claims,
    }


def _changed(found: tuple[Difference, ...]) -> list[str]:
    """Return the places of the work that change, each once, in the order of the document."""
    paths = (one.path for one in found)
    return list(dict.fromkeys(path for path in paths if path and "contingencies" not in path))


def _behind(path: str, done: set[str]) -> bool:
    """Whether the place was begun: the step itself, or one of the part's steps."""
    return path in done or any(one.startswith(f"{path}/") for one in done)


def _title(batch: Batch, path: str) -> str:
    recipe = document(batch.recipe_hash)
    placed = recipe.by_path.get(path)
    stage = recipe.stage_by_key.get(path.partition("/")[0])
    language = get_language() or "en"
    if placed is not None:
        return placed.step.text.say(language)
    return stage.title.say(language) if stage is not None else path
