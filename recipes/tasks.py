"""What recipes do with messages: a rehearsal is computed outside of any act."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid5

from mes.lib.evidence import JSON
from recipes.models import RecipeRehearsal
from recipes.rehearsal import rehearse
from recipes.rehearsed import Rehearsed
from recipes.selectors import document
from recipes.services.rehearsals import REHEARSAL_REQUESTED, complete_rehearsal, note_progress
from records import outbox
from records.commands import Command
from records.reading import reading

# A progress bar moves so often; each move is an entry.
MOVES = 10


@outbox.subscribe(REHEARSAL_REQUESTED, consumer="recipes.rehearse")
def rehearse_version(message: outbox.Message) -> None:
    """Send the patients of a rehearsal through its document, and keep what came of them."""
    rehearsal = UUID(message.payload["rehearsal"])
    with reading(site=message.site):
        row = RecipeRehearsal.objects.get(id=rehearsal)
        recipe = document(row.content_hash)
    found = rehearse(
        recipe,
        patients=row.patients,
        seed=row.seed,
        done=_telling(message, rehearsal, row.patients),
    )
    complete_rehearsal(
        command=message.command("recipes.complete_rehearsal"), message=message,
        rehearsal=rehearsal, result=shown(found),
    )  # fmt: skip


def _telling(message: outbox.Message, rehearsal: UUID, patients: int) -> Callable[[int], None]:
    """Return what hears of each patient, and notes every tenth part of them."""
    tenth = max(1, patients // MOVES)

    def tell(done: int) -> None:
        if done % tenth == 0 and done < patients:
            said = message.command("recipes.note_progress")
            command = Command(key=uuid5(message.id, str(done)), name=said.name, actor=said.actor)
            note_progress(command=command, rehearsal=rehearsal, done=done)

    return tell


def shown(found: Rehearsed) -> dict[str, JSON]:
    """Return what is kept of a rehearsal: figures and the histogram, no single patient."""
    kept = asdict(found)
    kept["histogram"] = histogram(kept.pop("turn_rounds"))
    return {name: _exact(value) for name, value in kept.items()}


def _exact(value: Any) -> JSON:
    """Return a figure as an entry keeps it: a number with a fraction is text."""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, dict):
        return {str(name): _exact(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    return value if isinstance(value, int | str) or value is None else str(value)


def histogram(days: tuple[float, ...], *, bars: int = 24) -> dict[str, Any]:
    """Return turn-rounds in bars of equal width: where they begin, width, how many in each."""
    low, high = min(days), max(days)
    width = max((high - low) / bars, 0.001)
    counts = [0] * bars
    for value in days:
        counts[min(bars - 1, int((value - low) / width))] += 1
    return {"low": low, "width": width, "counts": counts}
