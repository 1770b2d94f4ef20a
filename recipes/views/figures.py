"""What the page of a version shows beside the document: one batch, this site, rehearsals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mes.ui.text import duration_text
from recipes import compiler, selectors, words
from recipes.document import Recipe
from recipes.estimate import estimate
from recipes.forms import AskRehearsal
from recipes.messages import Message
from recipes.models import RecipeRehearsal, RecipeVersion


def figures(
    version: RecipeVersion, recipe: Recipe, messages: tuple[Message, ...]
) -> dict[str, Any]:
    """Return the estimate (of a recipe without errors), what the site has not, the rehearsals."""
    sound = not compiler.errors(messages)
    return {
        "estimate": _estimate(recipe) if sound else None,
        "site_messages": selectors.not_here(version) if sound else (),
        "rehearsals": _rehearsals(version),
        "rehearse_form": AskRehearsal(initial={"patients": 1000, "seed": 1}),
    }


def _estimate(recipe: Recipe) -> dict[str, Any]:
    found = estimate(recipe)
    names = {"shortest": _("Shortest"), "expected": _("Expected"), "longest": _("Longest")}
    return {
        "way": [words.say(recipe.stage_by_key[key].title) for key in found.expected.stages],
        "cases": [(names[name], _hours(p.made), _hours(p.released)) for name, p in found.cases],
        "people": [
            (_("Touches"), found.touches),
            (_("Signatures"), found.signatures),
            (_("Witness"), _("%(minutes)d min") % {"minutes": found.witness.total_seconds() / 60}),
            (_("Person-hours"), _hours(found.people)),
        ],
    }


def one_batch(recipe: Recipe) -> str:
    """Return in a line what a batch of a recipe without errors asks of people, and its length."""
    found = estimate(recipe)
    minutes = round(found.witness.total_seconds() / 60)
    return " · ".join((
        ngettext("%(n)s touch", "%(n)s touches", found.touches) % {"n": found.touches},
        ngettext("%(n)s signature", "%(n)s signatures", found.signatures)
        % {"n": found.signatures},
        _("witness %(minutes)s min") % {"minutes": minutes},
        _("critical path %(least)s to %(most)s")
        % {"least": duration_text(found.shortest.made), "most": duration_text(found.longest.made)},
    ))  # fmt: skip


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3600:.1f}"


def _rehearsals(version: RecipeVersion) -> list[dict[str, Any]]:
    rows = RecipeRehearsal.objects.of(version.id).defer("result")[:5]
    return [{"row": row, "url": reverse("recipes:rehearsal", args=[row.id])} for row in rows]
