"""Files that come in: looked at first, then kept, then named by an act."""

from collections.abc import Collection
from typing import Protocol

from django.utils.translation import gettext as _

from mes.lib.filetypes import MOST_PIXELS, type_of
from records import files
from records.exceptions import FileNotTaken
from records.models import StoredFile

MEGABYTE = 1_000_000


class Upload(Protocol):
    """What a form or the API hands over."""

    @property
    def size(self) -> int | None: ...

    def read(self) -> bytes: ...


def keep(upload: Upload, *, types: Collection[str], largest: int, field: str) -> StoredFile:
    """Look at a file of at most ``largest`` MB and keep it; return its row. Raises FileNotTaken.

    The limits come first: size before it is read, kind and pixels from its bytes before anything
    could open it.
    """
    if not upload.size or upload.size > largest * MEGABYTE:
        problem = _("between 1 byte and %(most)s MB are taken.") % {"most": largest}
        raise FileNotTaken(field=field, problem=problem)
    content = upload.read()
    found = type_of(content)
    if found is None or found.media_type not in types:
        raise FileNotTaken(field=field, problem=_("its content is none of the kinds asked for."))
    if found.pixels > MOST_PIXELS:
        problem = _("at most %(most)s million pixels are taken.") % {"most": MOST_PIXELS // 10**6}
        raise FileNotTaken(field=field, problem=problem)
    return files.put(content, media_type=found.media_type)
