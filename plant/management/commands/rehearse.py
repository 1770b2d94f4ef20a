"""``manage.py rehearse``: patients from order to release, before a real one comes."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from plant.library import FILES, parsed
from plant.rehearsal import Summary, rehearse
from plant.throwaway import throw_away
from recipes import compiler
from recipes.document import Recipe


class Command(BaseCommand):
    help = "Run simulated patients through the real services, in a throw-away database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=3)
        parser.add_argument(
            "--recipe", default="CART19-PRODIGY",
            help=f"{', '.join(FILES)}, or a file with a recipe of your own",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the summary; exit 1 unless everything was released and verified."""
        recipe, text = _found(options["recipe"])
        if not 1 <= options["patients"] <= 1000:
            raise CommandError("Between 1 and 1000 patients can be rehearsed.")
        summary = self._run(recipe, text, patients=options["patients"], seed=options["seed"])
        self.stdout.write(
            json.dumps(asdict(summary), indent=2) if options["json"] else described(summary)
        )
        if not summary.good:
            sys.exit(1)

    def _run(self, recipe: Recipe, text: bytes | None, *, patients: int, seed: int) -> Summary:
        steps = recipe.length * patients
        with throw_away(purpose="rehearsal"), tqdm(total=steps, unit="step") as bar:

            def done(count: int) -> None:
                bar.update(count - bar.n)

            return rehearse(
                patients=patients, recipe=recipe.recipe, seed=seed, text=text, done=done
            )


def _found(named: str) -> tuple[Recipe, bytes | None]:
    """Return a recipe of the library, or one that a file holds, with its text. Raises CommandError.

    A file is compiled first: what the compiler does not accept could not run.
    """
    if named in FILES:
        return parsed(named), None
    if not Path(named).is_file():
        raise CommandError(f"The library has {', '.join(FILES)}; {named} is no file either.")
    text = Path(named).read_bytes()
    recipe, messages = compiler.check_text(text)
    wrong = compiler.errors(messages)
    if recipe is None or wrong:
        said = "; ".join(f"line {one.line}: {one.sentence}" for one in wrong[:3])
        raise CommandError(f"{len(wrong)} errors: {said}")
    return recipe, text


def described(summary: Summary) -> str:
    """Return the summary as lines for people."""
    verified = "verified" if summary.verified else "NOT verified"
    lines = [
        f"{summary.recipe}: {summary.released} of {summary.patients} patients released",
        f"{summary.steps} steps, {summary.exceptions} exceptions, "
        f"{sum(summary.refusals.values())} refusals",
        f"{summary.claims} claims, {summary.double_bookings} double bookings",
        f"{summary.entries} entries, {verified}",
        f"{summary.simulated_days:.1f} simulated days in {summary.seconds} s",
        *summary.differences,
    ]
    return "\n".join(lines)
