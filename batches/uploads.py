"""Files that come in with a step: which kinds it takes, and how large they may be."""

from collections.abc import Collection, Mapping

from mes.lib.filetypes import JPEG, PDF, PNG, TEXT
from recipes.enums import FileKind
from recipes.kinds.attach import Step as Attach
from recipes.step import StepBase
from records import uploads

LARGEST = 20  # MB, where the recipe says nothing: a unit's log
TYPES: Mapping[FileKind, frozenset[str]] = {
    FileKind.PHOTO: frozenset({PNG, JPEG}),
    FileKind.PDF: frozenset({PDF}),
    FileKind.TEXT: frozenset({TEXT}),
}


def types_of(step: StepBase) -> frozenset[str]:
    """Return the media types that a step takes: any kind, unless the recipe names some."""
    kinds: Collection[FileKind] = step.files if isinstance(step, Attach) else tuple(FileKind)
    return frozenset().union(*(TYPES[kind] for kind in kinds))


def largest_of(step: StepBase) -> int:
    """Return how large a step's file may be, in MB."""
    return step.largest if isinstance(step, Attach) else LARGEST


def keep(upload: uploads.Upload, step: StepBase, *, field: str) -> str:
    """Look at a file that came for a step and keep it; return its sha256. Raises FileNotTaken."""
    types, largest = types_of(step), largest_of(step)
    return uploads.keep(upload, types=types, largest=largest, field=field).sha256
