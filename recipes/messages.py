"""What the reader and the compiler say of a recipe: where, what, and how bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mes.lib.refusals import Refusal
from recipes.gaps import Said


class Told(Protocol):
    """What has a sentence."""

    @property
    def sentence(self) -> str: ...


class Weight(StrEnum):
    """An error keeps a recipe from approval; a warning is the author's to judge; a note tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing about a recipe, at its place. ``line`` and ``column`` are those of its text.

    ``path`` is the place for people, ``at`` the way to it in the data, ``said`` the sentence as it
    is kept, of what a site has not.
    """

    code: str
    path: str
    sentence: str
    line: int | None = None
    column: int | None = None
    severity: Weight = Weight.ERROR
    at: tuple[str | int, ...] = ()
    said: Said | None = None


class RecipeNotReadable(Refusal):
    """A text that is no recipe; ``messages`` say what is wrong, and where."""

    code = "recipe.not_readable"
    status = 422
    sentence = _("This is not a recipe: %(problem)s")
    way_out = _("Correct the text at the lines that are named, and send it again.")
    messages: tuple[Message, ...] = ()

    def __init__(
        self, messages: Sequence[Message] = (), *, field: str | None = "source", problem: str = ""
    ) -> None:
        self.messages = tuple(messages)
        super().__init__(field=field, problem=problem or summary(self.messages))


def errors(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages that keep a recipe from approval."""
    return tuple(m for m in messages if m.severity == Weight.ERROR)


def more_than(messages: Sequence[Message], before: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages of a document that the one before it did not have, whatever its lines."""
    known = {(one.code, one.path, one.sentence) for one in before}
    return tuple(one for one in messages if (one.code, one.path, one.sentence) not in known)


def size_words(stages: int, steps: int) -> str:
    """Return how long a recipe is, in words."""
    return ", ".join((
        ngettext("%d stage", "%d stages", stages) % stages,
        ngettext("%d step", "%d steps", steps) % steps,
    ))  # fmt: skip


def summary(messages: Sequence[Told]) -> str:
    """Return the first message, with how many more there are."""
    if not messages:
        return ""
    rest = len(messages) - 1
    if not rest:
        return messages[0].sentence
    return messages[0].sentence + " " + ngettext("(and %d more)", "(and %d more)", rest) % rest
