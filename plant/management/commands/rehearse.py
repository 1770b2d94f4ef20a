"""``manage.py rehearse``: patients from order to release, before a real one comes."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from plant.library import FILES, parsed
from plant.rehearsal import Summary, rehearse
from plant.throwaway import throw_away


class Command(BaseCommand):
    help = "Run simulated patients through the real services, in a throw-away database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=3)
        parser.add_argument("--recipe", default="CART19-PRODIGY", help=", ".join(FILES))
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the summary; exit 1 unless everything was released and verified."""
        if options["recipe"] not in FILES:
            raise CommandError(f"The library has {', '.join(FILES)}; not {options['recipe']}.")
        if not 1 <= options["patients"] <= 1000:
            raise CommandError("Between 1 and 1000 patients can be rehearsed.")
        summary = self._run(**{k: options[k] for k in ("patients", "recipe", "seed")})
        self.stdout.write(
            json.dumps(asdict(summary), indent=2) if options["json"] else described(summary)
        )
        if not summary.good:
            sys.exit(1)

    def _run(self, *, patients: int, recipe: str, seed: int) -> Summary:
        steps = len(list(parsed(recipe).steps())) * patients
        with throw_away(purpose="rehearsal"), tqdm(total=steps, unit="step") as bar:

            def done(count: int) -> None:
                bar.update(count - bar.n)

            return rehearse(patients=patients, recipe=recipe, seed=seed, done=done)


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
