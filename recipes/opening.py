"""What is asked of a text before anything reads it: its size, its letters, no entities.

One function for every way in (YAML, JSON, XML, a package's parts): what it refuses is
never parsed.
"""

from __future__ import annotations

import re
from typing import NoReturn

from django.utils.translation import gettext as _

from recipes.messages import Message, RecipeNotReadable

MOST_BYTES = 2_000_000
Mark = tuple[int, int]
# A document type or an entity anywhere in a text that is marked up; matched before any parser.
DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


def refuse(code: str, sentence: str, *, mark: Mark | None = None, path: str = "") -> NoReturn:
    """Raise RecipeNotReadable with one message."""
    line, column = mark or (None, None)
    said = Message(code=code, path=path, sentence=sentence, line=line, column=column)
    raise RecipeNotReadable([said])


def opened(source: bytes | str) -> str:
    """Return a text that may be parsed; ``is_xml`` tells by what.

    Raises RecipeNotReadable for more than 2 MB, for what is not UTF-8, and for XML that declares
    a document type or an entity.
    """
    _check_bytes(source)
    text = source if isinstance(source, str) else _decoded(source)
    if is_xml(text):
        _check_declares_nothing(text)
    return text


def is_xml(text: str) -> bool:
    """Tell whether a text is marked up."""
    return text.lstrip("\ufeff \t\r\n")[:1] == "<"


def _check_bytes(source: bytes | str) -> None:
    size = len(source)
    if isinstance(source, str) and size <= MOST_BYTES:
        size = len(source.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        refuse("text.too_large", _("A recipe is at most 2 MB of text: divide it."))


def _decoded(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before, broken, last = source[: error.start].rpartition(b"\n")
        mark = before.count(b"\n") + len(broken) + 1, len(last) + 1
        refuse("text.not_utf8", _("The text is not UTF-8: save it as UTF-8."), mark=mark)


def _check_declares_nothing(text: str) -> None:
    found = DECLARES.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        sentence = _("XML with a document type or entities is refused: take %(what)s out.")
        refuse("text.dtd", sentence % {"what": found[0]}, mark=(line, column))
