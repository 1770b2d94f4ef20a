"""Differences as pages show them: by stage, with place, weight, and words marked that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recipes import places, words
from recipes.difference.parts import Difference, What
from recipes.difference.words import beside, sentence
from recipes.document import Recipe
from recipes.drafting.changes import Address
from recipes.drafting.fields import path_of
from recipes.drafting.labels import label_of
from recipes.drafting.places import outlined
from recipes.enums import Severity
from recipes.parts import Text

SIGNS = {Severity.CRITICAL: "stop", Severity.MAJOR: "warning", Severity.MINOR: "to-come"}
# The lists of the whole recipe whose things have titles, with the field that names them.
NAMED_BY = {
    "inputs": "name", "parameters": "key", "bill_of_materials": "material",
    "bill_of_equipment": "class_", "tests": "key", "specification": "key",
}  # fmt: skip
TextRuns = list[tuple[str, str]]


def _say(text: Text) -> str:
    return text.say(get_language() or "en")


def change_groups(
    before: Recipe, after: Recipe, found: tuple[Difference, ...]
) -> dict[str, Any]:  # fmt: skip
    """Return the differences as pages show them: by stage, the heaviest counted first."""
    titles = {**places.places_of(before), **places.places_of(after)}
    listed = {**_listed(before), **_listed(after)}
    keys = [stage.key for stage in after.stages]
    gone = [stage.key for stage in before.stages if stage.key not in keys]
    groups = [
        {
            "key": key,
            "title": _say(titles[key]) if key in titles else _heading(key),
            "rows": [
                {**_row(_called(one, titles, listed), titles), "added": _added(one, after)}
                for one in found
                if one.stage == key
            ],
        }
        for key in ("", *keys, *gone, places.CALLED)
    ]
    counts = [
        {"sign": SIGNS[weight], "label": weight.label, "count": _count(found, weight)}
        for weight in (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
    ]
    return {"groups": [group for group in groups if group["rows"]], "counts": counts}


def _listed(recipe: Recipe) -> dict[Address, Text]:
    """Return what the things in the lists of the whole recipe are called, by their addresses."""
    return {
        (name, str(getattr(part, field))): part.title
        for name, field in NAMED_BY.items() for part in getattr(recipe, name)
        if part.title is not None
    }  # fmt: skip


def _called(found: Difference, titles: dict[str, Text], listed: dict[Address, Text]) -> Difference:
    """Return a difference with what is new or gone called in the reader's language."""
    if found.was_at and found.at:
        return found
    own = outlined(found.address) == found.address
    text = titles.get(found.path) if own else listed.get(found.address)
    if text is None:
        return found
    said = _say(text) if own else f"{found.address[-1]} ({_say(text)})"
    return replace(found, before=found.before and said, after=found.after and said)


def _added(found: Difference, after: Recipe) -> dict[str, Any] | None:
    """Return what is new as the recipe's page shows it: who signs reads all that it asks.

    A stage with what it needs and its operations, an operation with its steps, or one step.
    """
    if found.what is What.STAGE_ADDED:
        facts = words.stage_facts(after, after.stage_by_key[found.path])
        return {"facts": facts, "operations": list(_operations(after, inside=found.path))}
    if found.what is What.OPERATION_ADDED:
        return {"operations": list(_operations(after, inside=found.path))}
    if found.what is What.STEP_ADDED:
        [operation] = _operations(after, inside=found.path.rpartition("/")[0])
        return {"steps": [step for step in operation["steps"] if step["path"] == found.path]}
    return None


def _operations(after: Recipe, *, inside: str) -> Iterator[dict[str, Any]]:
    """Yield the operations of a stage, or the one at a path."""
    read, numbers = words.Reader(after), words.numbers_of(after)
    for path, operation in places.operations_of(after):
        if path == inside or path.startswith(f"{inside}/"):
            yield words.operation_shown(operation, read, path=path, numbers=numbers)


def _heading(key: str) -> str:
    return _("Contingencies") if key == places.CALLED else _("The recipe as a whole")


def _count(found: tuple[Difference, ...], weight: Severity) -> int:
    return sum(1 for one in found if one.severity == weight)


def _row(found: Difference, titles: dict[str, Text]) -> dict[str, Any]:
    marked, (was, now) = found.what is What.TEXT_CHANGED, beside(found)
    return {
        "sign": SIGNS[found.severity],
        "word": found.severity.label,
        "sentence": sentence(found),
        "path": found.path,
        "at": path_of(outlined(found.at)),
        "place": " › ".join(_place(found, titles)),
        "gone": not found.at,
        "was": was,
        "now": now,
        "before": _marked(found.before, found.after, old=True) if marked else [],
        "after": _marked(found.before, found.after, old=False) if marked else [],
        "language": found.language or get_language(),
    }


def _place(found: Difference, titles: dict[str, Text]) -> Iterator[str]:
    """Yield the operation and the step; the stage is the heading."""
    parts = found.path.split("/") if found.path else []
    if not parts:
        yield " › ".join([label_of(found.address[0]), *found.address[1:2]])
    if len(parts) == 1:
        yield _("The stage")
    for end in range(2, len(parts) + 1):
        here = "/".join(parts[:end])
        yield _say(titles[here]) if here in titles else parts[end - 1]


def _marked(before: str, after: str, *, old: bool) -> TextRuns:
    """Return the words of one of two texts in runs, those that the other has not marked."""
    a, b = before.split(), after.split()
    runs: TextRuns = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes():
        part = " ".join(a[i1:i2] if old else b[j1:j2])
        if part:
            runs.append(("" if tag == "equal" else "del" if old else "ins", part))
    return runs
