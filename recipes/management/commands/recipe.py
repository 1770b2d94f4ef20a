"""``manage.py recipe check|rehearse FILE [--json]`` and ``recipe schema``, without a database.

``recipe check FILE --site SITE`` also says what a plant that is described in a file has not.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from recipes import compiler
from recipes.document import Recipe
from recipes.estimate import Estimate, estimate
from recipes.messages import Message, RecipeNotReadable
from recipes.rehearsal import Rehearsed, rehearse
from recipes.schema import json_schema
from recipes.site import Site, read_site

MOST_PATIENTS = 100_000
MOST_LINES = 15


class Command(BaseCommand):
    """Check a recipe, or print the schema of all of them, without a database."""

    help = "What the compiler says of a recipe (YAML or JSON), or the JSON Schema of recipes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``check FILE``, ``rehearse FILE`` and ``schema``."""
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser("check", help="Compile FILE; exit 1 when it has errors.")
        check.add_argument("file", type=Path)
        check.add_argument("--site", type=Path, help="A plant described (JSON or YAML).")
        check.add_argument("--json", action="store_true", help="Print one JSON object.")
        many = acts.add_parser("rehearse", help="Send simulated patients through FILE.")
        many.add_argument("file", type=Path)
        many.add_argument("--patients", type=int, default=1000)
        many.add_argument("--seed", type=int, default=1)
        many.add_argument("--json", action="store_true", help="Print one JSON object.")
        acts.add_parser("schema", help="Print the JSON Schema, for an editor that helps to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the messages, or the schema; raises CommandError (exit 1) for a faulty file."""
        if options["act"] == "schema":
            self.stdout.write(json.dumps(json_schema(), indent=2))
            return
        path: Path = options["file"]
        if options["act"] == "rehearse":
            self._rehearse(path, options)
        else:
            self._check(path, options)

    def _read(
        self, path: Path, site: Site | None = None
    ) -> tuple[Recipe | None, tuple[Message, ...]]:
        return compiler.check_text(_bytes(path), site)

    def _check(self, path: Path, options: dict[str, Any]) -> None:
        recipe, messages = self._read(path, _site(options["site"]))
        faults = len(compiler.errors(messages))
        if options["json"]:
            self.stdout.write(json.dumps(as_json(recipe, messages), ensure_ascii=False, indent=2))
        else:
            self._print(path, recipe, messages)
        if faults:
            raise CommandError(_("%(count)d errors.") % {"count": faults})

    def _rehearse(self, path: Path, options: dict[str, Any]) -> None:
        recipe, messages = self._read(path)
        faults = len(compiler.errors(messages))
        if recipe is None or faults:
            raise CommandError(_("%(count)d errors: ask recipe check.") % {"count": faults})
        if not 1 <= options["patients"] <= MOST_PATIENTS:
            raise CommandError(_("Between 1 and %(most)d patients.") % {"most": MOST_PATIENTS})
        with tqdm(total=options["patients"], unit=" patients", disable=None) as bar:
            found = rehearse(
                recipe, patients=options["patients"], seed=options["seed"],
                done=lambda count: bar.update(count - bar.n),
            )  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), indent=2))
        else:
            self.stdout.write("\n".join(lines(found)))

    def _print(self, path: Path, recipe: Recipe | None, messages: tuple[Message, ...]) -> None:
        for m in messages:
            at = f"{path}:{m.line or 1}:{m.column or 1}"
            self.stdout.write(f"{at}: {m.severity} {m.code} {m.path}: {m.sentence}")
        if recipe is not None:
            facts = summary(recipe)
            self.stdout.write(
                _("%(recipe)s: %(stages)s stages, %(steps)s steps, content hash %(hash)s") % facts
            )
            if not compiler.errors(messages):
                self.stdout.write("\n".join(estimate_lines(estimate(recipe))))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(_("%(file)s cannot be read.") % {"file": path}) from error


def _site(path: Path | None) -> Site | None:
    if path is None:
        return None
    try:
        return read_site(_bytes(path))
    except RecipeNotReadable as refusal:
        first = refusal.messages[0]
        at = f"{path}:{first.line or 1}:{first.column or 1}"
        raise CommandError(f"{at}: {first.path}: {first.sentence}") from refusal


def summary(recipe: Recipe) -> dict[str, str | int]:
    """Return what identifies a recipe and how large it is."""
    return {
        "recipe": recipe.recipe,
        "stages": len(recipe.stages),
        "steps": recipe.length,
        "hash": recipe.content_hash,
    }


def as_json(recipe: Recipe | None, messages: tuple[Message, ...]) -> dict[str, Any]:
    """Return the whole answer as one object."""
    said = [
        {"code": m.code, "severity": str(m.severity), "line": m.line, "column": m.column,
         "path": m.path, "sentence": m.sentence}
        for m in messages
    ]  # fmt: skip
    sound = recipe is not None and not compiler.errors(messages)
    return {
        "recipe": summary(recipe) if recipe else None,
        "messages": said,
        "estimate": estimate_json(estimate(recipe)) if recipe and sound else None,
    }


def estimate_json(found: Estimate) -> dict[str, Any]:
    """Return what a batch takes, times in hours."""
    paths = {
        name: {"made_h": _hours(path.made), "released_h": _hours(path.released),
               "critical_path": path.stages, "waits_for": path.waits_for}
        for name, path in found.cases
    }  # fmt: skip
    people = {"touches": found.touches, "signatures": found.signatures,
              "witness_minutes": round(found.witness.total_seconds() / 60, 1),
              "person_hours": _hours(found.people)}  # fmt: skip
    return {**paths, **people}


def _hours(time: timedelta) -> float:
    return round(time.total_seconds() / 3600, 2)


def estimate_lines(found: Estimate) -> Iterator[str]:
    """Yield what a batch takes in lines for a terminal."""
    words = {"shortest": _("shortest"), "expected": _("expected"), "longest": _("longest")}
    for name, path in found.cases:
        yield _("  %(case)s: made in %(made)s h, results for release in %(released)s h") % {
            "case": words[name],
            "made": _hours(path.made),
            "released": _hours(path.released),
        }
    yield _("  critical path: %(stages)s") % {"stages": " → ".join(found.expected.stages)}
    yield _(
        "  one batch: %(touches)d touches, %(signatures)d signatures, "
        "%(witness).1f witness minutes, %(people).1f person-hours"
    ) % {
        "touches": found.touches, "signatures": found.signatures,
        "witness": found.witness.total_seconds() / 60, "people": _hours(found.people),
    }  # fmt: skip


def lines(found: Rehearsed) -> Iterator[str]:
    """Yield a rehearsal in lines for a terminal."""
    yield _("%(count)d patients; hours from the end of the collection:") % {"count": found.patients}
    for title, spread in ((_("made"), found.made), (_("results for release"), found.released)):
        yield f"  {title}: {spread.p5:.1f} – {spread.p50:.1f} – {spread.p95:.1f} (5, 50, 95 %)"
    yield _("without any exception: %(share).1f %%") % {"share": 100 * found.without_exception}
    yield _("in specification: %(share).1f %%") % {"share": 100 * found.in_specification}
    yield _("person-hours: %(hours).1f") % {"hours": found.person_hours}
    for name, hours in found.room_hours.items():
        yield f"  {name}: {hours:.1f} h"
    yield _("what was met, in per cent of the patients:")
    for path, code, share in found.exceptions[:MOST_LINES]:
        yield f"  {100 * share:5.1f}  {path} {code}"
    yield _("the longest steps, in hours:")
    for path, hours in found.longest_steps:
        yield f"  {hours:5.2f}  {path}"
