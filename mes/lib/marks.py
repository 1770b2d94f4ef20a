"""Patient marks: an aid for the eye, never an identifier. No scan and no rule accepts one.

A mark is written `circle-filled-KM`: shape, fill, two letters. It is given with the chain of
identity, unique among live orders, and kept for the life of the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SHAPES: Final = ("circle", "square", "diamond", "house", "shield")
FILLS: Final = ("filled", "outlined")
# Letters that are told apart in every light: no B G I O Q S Z.
LETTERS: Final = "ACDEFHJKLMNPRTUVWXY"
_WRITTEN: Final = re.compile(
    rf"(?P<shape>{'|'.join(SHAPES)})-(?P<fill>{'|'.join(FILLS)})-(?P<letters>[{LETTERS}]{{2}})"
)


class NotAMark(ValueError):
    """The text is not shape, fill and two allowed letters."""


@dataclass(frozen=True)
class PatientMark:
    """Shape × fill × two letters, 3,610 in all."""

    shape: str
    fill: str
    letters: str

    def __str__(self) -> str:
        return f"{self.shape}-{self.fill}-{self.letters}"


def read(text: str) -> PatientMark:
    """Read a written mark. Raises NotAMark."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise NotAMark(text)
    return PatientMark(**found.groupdict())


def every() -> Iterator[PatientMark]:
    """Yield all marks: letters change slowest, so that neighbours differ in shape and fill."""
    for first in LETTERS:
        for second in LETTERS:
            for shape in SHAPES:
                for fill in FILLS:
                    yield PatientMark(shape, fill, first + second)
