"""From when each shift can work a version: who is rostered, qualified and trained on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.enums import QualificationStatus, SubjectKind
from accounts.models import Duty, Qualification
from accounts.rosters import shifts, working
from recipes.document import Recipe
from recipes.models import RecipeVersion

# Rosters are rarely written further.
AHEAD = timedelta(days=28)
Held = list[tuple[str, str, int | None, datetime]]


def crew_of(recipe: Recipe) -> dict[str, int]:
    """Return how many people with each qualification some stage or operation needs at once."""
    needed: dict[str, int] = {}
    for stage in recipe.stages:
        groups = [stage.staff, *(operation.staff for operation in stage.operations)]
        for staff in (one for group in groups for one in group if one.qualification):
            key = str(staff.qualification)
            needed[key] = max(staff.count, needed.get(key, 0))
    return needed


def shift_rows(version: RecipeVersion, recipe: Recipe, now: datetime) -> list[dict[str, Any]]:
    """Return each shift with the first time at which it can work the version, if the roster of
    the next four weeks has one, and with what it lacks until then.
    """
    duties = working(now, now + AHEAD)
    held = _held({duty.person_id for duty in duties})
    since = recipe.trained_from or version.number
    found: dict[str, list[tuple[datetime, list[str]]]] = {}
    for code, start, people in _crews(duties):
        able = [one for one in people if _trained(held.get(one, []), version.code, since, start)]
        lacking = list(_lacking(recipe, able, held, start))
        found.setdefault(code, []).append((start, lacking))
    return [{"shift": shift, **_first(found.get(shift.code, []))} for shift in shifts()]


def _first(hours: list[tuple[datetime, list[str]]]) -> dict[str, Any]:
    able = next((start for start, lacking in hours if not lacking), None)
    return {"from": able, "lacking": hours[0][1] if hours else [], "rostered": bool(hours)}


def _crews(duties: list[Duty]) -> Iterator[tuple[str, datetime, list[UUID]]]:
    """Yield each shift of each day with who works it, by its start."""
    crews: dict[tuple[datetime, str], list[UUID]] = {}
    for duty in duties:
        crews.setdefault((duty.during.lower, duty.shift_code), []).append(duty.person_id)
    for (start, code), people in sorted(crews.items()):
        yield code, start, people


def _held(people: set[UUID]) -> dict[UUID, Held]:
    found: dict[UUID, Held] = {}
    for one in Qualification.objects.filter(person__in=people, status=QualificationStatus.VALID):
        row = (one.subject_kind, one.key, one.version, one.valid_until)
        found.setdefault(one.person_id, []).append(row)
    return found


def _trained(held: Held, key: str, since: int, at: datetime) -> bool:
    return any(
        kind == SubjectKind.PROCEDURE and name == key and (version or 0) >= since and until > at
        for kind, name, version, until in held
    )


def _lacking(
    recipe: Recipe, able: list[UUID], held: dict[UUID, Held], at: datetime
) -> Iterator[str]:
    """Yield what a crew lacks: ``2 × PRODIGY-TCT``; the version itself when nobody knows it."""
    if not able:
        yield ""
    for key, count in crew_of(recipe).items():
        with_it = [
            person for person in able
            if any(name == key and until > at for _kind, name, _version, until in held[person])
        ]  # fmt: skip
        if able and len(with_it) < count:
            yield f"{count - len(with_it)} × {key}"
