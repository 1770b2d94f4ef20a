"""What a version touches: stock, bookings, people, labels, tests; batches say theirs themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Qualification
from accounts.permissions import Permission
from accounts.selectors import people_of, qualifications_of
from materials.selectors import material_titles, usable_lots
from mes.lib import clock
from mes.lib.access import requires
from recipes import selectors, touches, words
from recipes.difference import Difference
from recipes.difference.words import sentence
from recipes.document import Recipe, Stage
from recipes.enums import UseKind
from recipes.models import RecipeVersion
from recipes.views.changes import compared_with
from recipes.views.shifts import shift_rows


@requires(Permission.RECIPES_READ)
@require_safe
def touched(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show what making this version effective touches, against the version in use."""
    row = selectors.version_of(version)
    others = [one for one in selectors.versions_of(row.code) if one.id != row.id]
    other = compared_with(row, others)
    context: dict[str, Any] = {"version": row, "tab": "touches", "other": other}
    after = selectors.document(row.content_hash)
    before = selectors.document(other.content_hash) if other else after
    found = selectors.differences(other.content_hash, row.content_hash) if other else ()
    now = clock.now()
    context |= {
        "stock": _stock(before, after, now),
        "booked": [_booked(one, before, after) for one in touches.booked(before, after)],
        "people": _people(row, before, after, found, now),
        "shifts": shift_rows(row, after, now),
        "labels": _said(touches.about_labels(found, before, after)),
        "tests": _said(touches.about_tests(found)),
    }
    return render(request, "recipes/touches.html", context)


def _said(found: list[Difference]) -> list[dict[str, str]]:
    return [
        {"place": one.path or "/".join(one.address[:2]), "text": sentence(one)} for one in found
    ]


def _stock(before: Recipe, after: Recipe, now: datetime) -> list[dict[str, Any]]:
    """Return the materials that come and go, with the lots that lie there."""
    found, titles = touches.needed(before, after, UseKind.MATERIAL), material_titles()
    rows = [("new", code) for code in found.new] + [("gone", code) for code in found.gone]
    return [
        {
            "code": code,
            "title": titles.get(code, ""),
            "new": sort == "new",
            "lots": usable_lots(code, now),
        }
        for sort, code in rows
    ]


def _booked(one: touches.Booked, before: Recipe, after: Recipe) -> dict[str, Any]:
    """Return what a stage booked and books, of that only what is another: label and words."""
    stage = one.after or one.before
    was, now = _facts(before, one.before), _facts(after, one.after)
    labels = [label for label in {**was, **now} if was.get(label) != now.get(label)]
    return {
        "title": words.say(stage.title) if stage else one.stage,
        "before": [(label, was[label]) for label in labels if label in was],
        "after": [(label, now[label]) for label in labels if label in now],
    }


def _facts(recipe: Recipe, stage: Stage | None) -> dict[str, str]:
    return dict(words.stage_facts(recipe, stage)) if stage else {}


def _people(
    row: RecipeVersion, before: Recipe, after: Recipe, found: tuple[Difference, ...], now: datetime
) -> list[dict[str, Any]]:
    """Return for each qualification that is asked for who has it, and who must learn anew."""
    asked = touches.needed(before, after, UseKind.QUALIFICATION)
    again = touches.trained_again(found, before, after)
    here = (
        {one.person.id: one.person.printed_name for one in people_of(row.site)} if row.site else {}
    )
    held = qualifications_of(here, at=now)
    until = _until(list(here), now)
    return [
        {
            "key": key,
            "new": key in asked.new,
            "gone": key in asked.gone,
            "again": key in again,
            "people": [
                {"name": here[person], "until": until.get((person, key))}
                for person, keys in held.items() if key in keys
            ],
        }
        for key in (*asked.new, *asked.kept, *asked.gone)
    ]  # fmt: skip


def _until(people: list[UUID], now: datetime) -> dict[tuple[UUID, str], datetime]:
    rows = Qualification.objects.filter(person__in=people, valid_until__gt=now)
    return {
        (person, key): until
        for person, key, until in rows.values_list("person_id", "key", "valid_until")
    }
