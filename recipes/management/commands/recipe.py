"""``manage.py recipe check FILE [--json]``: what the compiler says; ``schema``: for editors."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from recipes import compiler
from recipes.document import Recipe
from recipes.messages import Message
from recipes.schema import json_schema


class Command(BaseCommand):
    """Check a recipe, or print the schema of all of them, without a database."""

    help = "What the compiler says of a recipe (YAML or JSON), or the JSON Schema of recipes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``check FILE [--json]`` and ``schema``."""
        acts = parser.add_subparsers(dest="act", required=True)
        check = acts.add_parser("check", help="Compile FILE; exit 1 when it has errors.")
        check.add_argument("file", type=Path)
        check.add_argument("--json", action="store_true", help="Print one JSON object.")
        acts.add_parser("schema", help="Print the JSON Schema, for an editor that helps to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the messages, or the schema; raises CommandError (exit 1) for a faulty file."""
        if options["act"] == "schema":
            self.stdout.write(json.dumps(json_schema(), indent=2))
            return
        self._check(options["file"], options)

    def _check(self, path: Path, options: dict[str, Any]) -> None:
        try:
            source = path.read_bytes()
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read.") % {"file": path}) from error
        recipe, messages = compiler.check_text(source)
        faults = len(compiler.errors(messages))
        if options["json"]:
            self.stdout.write(json.dumps(as_json(recipe, messages), ensure_ascii=False, indent=2))
        else:
            self._print(path, recipe, messages)
        if faults:
            raise CommandError(_("%(count)d errors.") % {"count": faults})

    def _print(self, path: Path, recipe: Recipe | None, messages: tuple[Message, ...]) -> None:
        for m in messages:
            self.stdout.write(f"{path}:{m.line or 1}: {m.severity} {m.code} {m.path}: {m.sentence}")
        if recipe is not None:
            facts = summary(recipe)
            self.stdout.write(
                _("%(recipe)s: %(stages)s stages, %(steps)s steps, content hash %(hash)s") % facts
            )


def summary(recipe: Recipe) -> dict[str, str | int]:
    """Return what identifies a recipe and how large it is."""
    return {
        "recipe": recipe.recipe,
        "stages": len(recipe.stages),
        "steps": len(recipe.by_path),
        "hash": recipe.content_hash,
    }


def as_json(recipe: Recipe | None, messages: tuple[Message, ...]) -> dict[str, Any]:
    """Return the whole answer as one object."""
    said = [
        {"code": m.code, "severity": str(m.severity), "line": m.line, "path": m.path,
         "sentence": m.sentence}
        for m in messages
    ]  # fmt: skip
    return {"recipe": summary(recipe) if recipe else None, "messages": said}
