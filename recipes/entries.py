"""Entries of a recipe's version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from recipes.drafting.changes import Change
from recipes.gaps import AS_WRITTEN, Said, say
from records.entries import Fields, Payload, Value, entry, upcast
from records.signatures import Signature

STREAM = "recipe-version"
DRAFT_STREAM = "recipe-draft"
OPERATION_STREAM = "library-operation"
REHEARSAL_STREAM = "recipe-rehearsal"


@entry("recipe.imported", version=1, stream=STREAM)
class RecipeImported1(Payload):
    """A document became a version, as it was said before drafts had several writers."""

    code: str
    number: int
    title: dict[str, str]
    content_hash: str
    source_hash: str
    stages: int
    steps: int


@upcast("recipe.imported", version=1)
def _written_alone(fields: Fields) -> Fields:
    return {**fields, "writers": []}


@entry("recipe.imported", version=2, stream=STREAM)
class RecipeImported(Payload):
    """A document became a version. The actor is its author; ``writers`` changed its draft.

    ``content_hash`` names the canonical document, ``source_hash`` the text as it was written,
    comments included; both are kept by their hash.
    """

    code: str
    number: int
    title: dict[str, str]
    content_hash: str
    source_hash: str
    stages: int
    steps: int
    writers: tuple[UUID, ...] = ()


@entry("recipe.submitted", version=1, stream=STREAM)
class RecipeSubmitted(Payload):
    """The author asks for review; the compiler found no errors."""

    compiler: str
    warnings: int


class Gap(Value):
    """What was not understood or is not there, as it was said before: in one language."""

    path: str
    sentence: str


class CodedGap(Value):
    """What of another system's file was not understood, or a site has not; where it stands.

    ``code`` and ``params`` become a sentence when it is read (``recipes/gaps.py``).
    """

    path: str
    code: str
    params: dict[str, str | int] = {}

    @classmethod
    def of(cls, path: str, what: Said) -> CodedGap:
        """Return what is said of a place."""
        return cls(path=path, code=what.code, params=what.params)

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language."""
        return say(self.code, self.params)


def _as_written(gaps: list[Fields]) -> list[Fields]:
    """Keep a sentence in the language in which it was written."""
    return [
        {"path": one["path"], "code": AS_WRITTEN, "params": {"sentence": one["sentence"]}}
        for one in gaps
    ]


@entry("recipe.approved", version=1, stream=STREAM)
class RecipeApproved1(Payload):
    """One person's approval, as it was said before what the site lacks was asked about."""

    signature: Signature
    completes: bool


@upcast("recipe.approved", version=1)
def _not_asked(fields: Fields) -> Fields:
    return {**fields, "lacking": [], "reason": ""}


@entry("recipe.approved", version=2, stream=STREAM)
class RecipeApproved2(Payload):
    """One person's approval, as it was said when what lacks was a sentence."""

    signature: Signature
    completes: bool
    lacking: tuple[Gap, ...] = ()
    reason: str = ""


@upcast("recipe.approved", version=2)
def _lacking_as_written(fields: Fields) -> Fields:
    return {**fields, "lacking": _as_written(fields["lacking"])}


@entry("recipe.approved", version=3, stream=STREAM)
class RecipeApproved(Payload):
    """One person's approval; ``completes`` when it is the last that is needed.

    ``lacking`` is what the site had not at that instant, ``reason`` why it is given all the same.
    """

    signature: Signature
    completes: bool
    lacking: tuple[CodedGap, ...] = ()
    reason: str = ""


@entry("recipe.made_effective", version=1, stream=STREAM)
class RecipeMadeEffective(Payload):
    """From now on batches are made from this version; ``replaces`` is the one before."""

    replaces: UUID | None = None


@entry("recipe.superseded", version=1, stream=STREAM)
class RecipeSuperseded(Payload):
    """A later version took this one's place. Batches that run keep theirs."""

    by: UUID
    number: int


@entry("recipe.withdrawn", version=1, stream=STREAM)
class RecipeWithdrawn(Payload):
    """No batch is made from this version (any more)."""

    reason: str


@entry("recipe.sent_back", version=1, stream=STREAM)
class RecipeSentBack(Payload):
    """A reviewer wants it written differently: a draft again, and no signature on it stands."""

    reason: str


@entry("recipe.commented", version=1, stream=STREAM)
class RecipeCommented(Payload):
    """Somebody who reads a version in review asks or objects at ``path`` (empty: the whole)."""

    comment: UUID
    path: str
    text: str


@entry("recipe.comment_replied", version=1, stream=STREAM)
class RecipeCommentReplied(Payload):
    """Further words under a comment: an answer, or the asker's next question."""

    comment: UUID
    text: str


@entry("recipe.comment_resolved", version=1, stream=STREAM)
class RecipeCommentResolved(Payload):
    """The comment is settled: ``text`` says how."""

    comment: UUID
    text: str


@entry("recipe-draft.opened", version=1, stream=DRAFT_STREAM)
class DraftOpened1(Payload):
    """Somebody begins to write, as it was said before files of other systems were read."""

    code: str
    content_hash: str
    source_version: UUID | None = None


@upcast("recipe-draft.opened", version=1)
def _of_this_system(fields: Fields) -> Fields:
    return {**fields, "file_hash": None, "gaps": []}


@entry("recipe-draft.opened", version=2, stream=DRAFT_STREAM)
class DraftOpened2(Payload):
    """Somebody begins to write, as it was said when a gap was a sentence."""

    code: str
    content_hash: str
    source_version: UUID | None = None
    file_hash: str | None = None
    gaps: tuple[Gap, ...] = ()


@upcast("recipe-draft.opened", version=2)
def _gaps_as_written(fields: Fields) -> Fields:
    return {**fields, "gaps": _as_written(fields["gaps"])}


@entry("recipe-draft.opened", version=3, stream=DRAFT_STREAM)
class DraftOpened(Payload):
    """Somebody begins to write; ``content_hash`` names the plain data that they begin with.

    ``file_hash`` names the file of another system from which it was read, ``gaps`` what of it has
    no place in a document.
    """

    code: str
    content_hash: str
    source_version: UUID | None = None
    file_hash: str | None = None
    gaps: tuple[CodedGap, ...] = ()


@entry("recipe-draft.edited", version=1, stream=DRAFT_STREAM)
class DraftEdited(Payload):
    """Changes that belong together; ``undoes`` is the entry that they take back."""

    changes: tuple[Change, ...]
    undoes: int | None = None


@entry("recipe-draft.sent", version=1, stream=DRAFT_STREAM)
class DraftSent(Payload):
    """What was written became a version that is in review: ``became`` is its stream."""

    became: UUID
    number: int


@entry("recipe-draft.discarded", version=1, stream=DRAFT_STREAM)
class DraftDiscarded(Payload):
    """Nobody writes on; all that was written stays readable."""


@entry("library-operation.published", version=1, stream=OPERATION_STREAM)
class OperationPublished(Payload):
    """An operation of an approved version is there for other recipes, as it is from now on."""

    operation: UUID
    code: str
    number: int
    title: dict[str, str]
    content_hash: str
    steps: int
    taken_from: UUID
    taken_from_label: str
    path: str


@entry("library-operation.withdrawn", version=1, stream=OPERATION_STREAM)
class OperationWithdrawn(Payload):
    """No recipe takes this version of the operation any more; those that have it keep it."""

    operation: UUID
    number: int
    reason: str


@entry("recipe-rehearsal.requested", version=1, stream=REHEARSAL_STREAM)
class RehearsalRequested(Payload):
    """Somebody asks how simulated patients come through a version; ``label`` names it."""

    of: UUID
    label: str
    content_hash: str
    patients: int
    seed: int


@entry("recipe-rehearsal.progressed", version=1, stream=REHEARSAL_STREAM)
class RehearsalProgressed(Payload):
    """So many patients have come through."""

    done: int


@entry("recipe-rehearsal.completed", version=1, stream=REHEARSAL_STREAM)
class RehearsalCompleted(Payload):
    """What came of all of them; the same document, patients and seed give the same."""

    result: dict[str, Any]
