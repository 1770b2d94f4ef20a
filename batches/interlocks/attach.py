"""attach: the file that the step names was kept, and is of a kind that the step takes."""

from batches.exceptions import FileUnknown
from batches.models import Batch
from batches.uploads import types_of
from batches.work import Found, Work
from recipes.document import Placed
from records.models import StoredFile


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """A file is no stream."""
    return Found()


def check(work: Work) -> None:
    """Raises FileUnknown."""
    check_file(work, "file")


def check_file(work: Work, name: str) -> None:
    """Check that the file of a value was kept. Raises FileUnknown."""
    kept = StoredFile.objects.filter(sha256=work.values[name]).first()
    if kept is None or kept.media_type not in types_of(work.placed.step):
        raise FileUnknown(field=name)


def effect(work: Work) -> None:
    """The hash stands in the step."""
