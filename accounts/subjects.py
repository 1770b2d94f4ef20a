"""What a person can be qualified for, and what an act asks: pure, no rows.

A higher app says what it asks as subjects (kind, key, oldest version that counts); the rows of
a person answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.enums import SubjectKind
from accounts.permissions import role_title

ANY: Final = ""

# How a subject is kept in a refusal, and what people read for it.
_WORDS: Final = {
    SubjectKind.GOWNING: gettext_noop("gowning for %(key)s"),
    SubjectKind.EQUIPMENT_CLASS: gettext_noop("equipment of class %(key)s"),
    SubjectKind.PROCESS_SIMULATION: gettext_noop("aseptic process simulation %(key)s"),
    SubjectKind.PROCEDURE: gettext_noop("procedure %(key)s"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """What a person is qualified for now. ``version`` is that of a procedure, if any."""

    kind: str
    key: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked: one of ``keys``. ``kind`` may be any (``ANY``).

    ``counts_from`` is the oldest version of a procedure for which a qualification counts.
    """

    keys: tuple[str, ...]
    kind: str = ANY
    counts_from: int | None = None

    def is_met_by(self, held: Iterable[Held]) -> bool:
        """Say whether one of ``held`` is enough."""
        return any(self._counts(one) for one in held)

    def _counts(self, held: Held) -> bool:
        if held.key not in self.keys or self.kind not in {ANY, held.kind}:
            return False
        return self.counts_from is None or (held.version or 0) >= self.counts_from

    @property
    def text(self) -> str:
        """The subject as a refusal keeps it: ``gowning:grade-C``, ``procedure:CART19 v2``."""
        version = f" v{self.counts_from}" if self.counts_from else ""
        prefix = f"{self.kind}:" if self.kind else ""
        return prefix + ", ".join(self.keys) + version


def words(text: str) -> str:
    """Return in the reader's language what ``Subject.text`` kept; several are joined by "; "."""
    return "; ".join(_one(part) for part in text.split("; "))


def _one(text: str) -> str:
    kind, colon, key = text.partition(":")
    if kind == "role":
        return role_title(key)
    if not colon or kind not in SubjectKind.values:
        return text
    return _(_WORDS[SubjectKind(kind)]) % {"key": key}
