"""Documents of the system: a version is put forward, then approved by another or sent back."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts import rules
from accounts.document_entries import (
    DOCUMENT,
    DocumentApproved,
    DocumentPutForward,
    DocumentReturned,
)
from accounts.document_exceptions import (
    AlreadyPutForward,
    AuthorMayNotApprove,
    ChangesMissing,
    NothingChanged,
    TextReplaced,
    VersionDecided,
)
from accounts.documents import MEDIA_TYPE, Document, Shipped, document, kept, version
from accounts.models import DocumentVersion
from accounts.permissions import Permission
from accounts.review_exceptions import ReviewerIsAnother
from accounts.selectors import holders_of
from accounts.services.ceremony import Proof, check_shown, sign
from accounts.services.obligations import incur, meet, open_about
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records import files
from records.act import New, act, acting
from records.commands import Actor, Command, Reply
from records.reading import reading

APPROVED: Final = gettext_noop("I approve this version: it is in force from now on.")
# What whoever may approve a version owes: the subject is the version.
APPROVES: Final = "approve-document"
PLACE: Final = "document"
LONGEST: Final = 1000
REASON: Final = 400


@acting
def put_forward(*, command: Command, path: str, changes: str, shown: str) -> Reply:
    """Put the text that ships forward as a version; appends ``system_document.put_forward``.

    ``shown`` is the hash of the text that the author read. It is kept before the act, so that it
    can be read when it ships no more. Raises NotAllowed, NotFound, ChangesMissing, TextReplaced,
    AlreadyPutForward, NothingChanged, DocumentChanged.
    """
    site, person = command.actor.site, command.actor.person
    said = changes.strip()[:LONGEST]
    with reading(site=site, person=person):
        rules.check_permission(command.actor, Permission.DOCUMENTS_WRITE)
        seen = document(path)
    if seen.ships is None or person is None:
        raise NotFound()
    if not said:
        raise ChangesMissing(field="changes")
    if shown != seen.ships.sha256:
        raise TextReplaced()
    file = files.put(seen.ships.content, media_type=MEDIA_TYPE).sha256
    stream = seen.stream or uuid7()
    new = [] if seen.stream else [New(DOCUMENT, stream, site)]
    asked = _approvers(command.actor)
    with act(command, streams=[*asked, *([stream] if seen.stream else [])], new=new) as a:
        rules.check_permission(a.actor, Permission.DOCUMENTS_WRITE)
        there = _next(document(path), seen.ships, file=file, changes=said)
        a.append(stream, there)
        words = {"title": there.title, "number": str(there.number)}
        for one in asked:
            incur(a, one, about=APPROVES, subject=there.revision, place=PLACE, words=words)
        a.reply = {"revision": str(there.revision), "number": there.number}
    return a.reply


def _next(seen: Document, ships: Shipped, *, file: str, changes: str) -> DocumentPutForward:
    if seen.waiting:
        author = seen.waiting.author_name
        raise AlreadyPutForward(number=seen.waiting.number, author=author)
    before = seen.in_force
    if before and before.file == file:
        raise NothingChanged(number=before.number)
    return DocumentPutForward(
        revision=uuid7(), path=ships.path, title=ships.title,
        number=_highest(seen.versions) + 1, file=file,
        predecessor=before.id if before else None, changes=changes,
    )  # fmt: skip


def _approvers(author: Actor) -> list[UUID]:
    """Return who can approve what this person puts forward: each of them owes it."""
    if author.site is None:
        return []
    with reading(site=author.site, person=author.person):
        found = holders_of(Permission.DOCUMENTS_APPROVE, author.site)
    return [one.id for one in found if one.id != author.person]


def _owing(command: Command, revision: UUID) -> list[UUID]:
    """Return who owes the approval of a version: whoever decides meets it for all of them."""
    with reading(site=command.actor.site, person=command.actor.person):
        return [row.stream for row in open_about(about=APPROVES, subject=revision, place=PLACE)]


def _highest(versions: Sequence[DocumentVersion]) -> int:
    return max((one.number for one in versions), default=0)


def content_of(of: DocumentVersion) -> dict[str, JSON]:
    """Return what the approver signs: the version, its text by hash, and what it follows."""
    return {
        "revision": str(of.id), "path": of.path, "title": of.title, "number": of.number,
        "file": of.file, "predecessor": str(of.predecessor_id) if of.predecessor_id else None,
        "changes": of.changes, "author": str(of.author), "author_name": of.author_name,
        "put_forward_at": of.put_forward_at.isoformat(),
    }  # fmt: skip


@acting
def approve_version(
    *, command: Command, revision: UUID, proof: Proof, shown: str | None = None
) -> Reply:
    """Put a version in force by signature; appends ``system_document.approved``.

    Raises NotAllowed, NotFound, ReviewerIsAnother, VersionDecided, AuthorMayNotApprove, TextLost,
    ShownHasChanged, and the refusals of ``sign``.
    """
    stream, owing = _stream_of(command, revision), _owing(command, revision)
    with act(command, streams=list({stream, proof.person, *owing})) as a:
        rules.check_permission(a.actor, Permission.DOCUMENTS_APPROVE)
        if proof.person != a.actor.person:
            raise ReviewerIsAnother(signer=proof.printed_name, person=a.actor.name)
        seen = _waiting(revision)
        if seen.author == proof.person:
            raise AuthorMayNotApprove(person=proof.printed_name, streams=[stream])
        kept(seen)
        check_shown(shown, content_of(seen))
        signature = sign(
            a, proof, meaning=APPROVED, content=content_of(seen),
            permission=Permission.DOCUMENTS_APPROVE, parts=(str(seen.id),),
        )  # fmt: skip
        said = DocumentApproved(
            revision=seen.id, title=seen.title, number=seen.number, signature=signature
        )
        a.append(stream, said)
        meet(a, about=APPROVES, subject=revision, place=PLACE)
        a.reply = {"revision": str(revision), "number": seen.number}
    return a.reply


@acting
def return_version(*, command: Command, revision: UUID, reason: str) -> Reply:
    """Send a version back, or take one's own back; appends ``system_document.returned``.

    Raises ReasonMissing, NotAllowed, NotFound, VersionDecided.
    """
    reason, stream = rules.written(reason), _stream_of(command, revision)
    with act(command, streams=[stream, *_owing(command, revision)]) as a:
        seen = version(revision)
        own = seen.author == a.actor.person
        needed = Permission.DOCUMENTS_WRITE if own else Permission.DOCUMENTS_APPROVE
        rules.check_permission(a.actor, needed)
        seen = _waiting(revision)
        said = DocumentReturned(
            revision=seen.id, title=seen.title, number=seen.number, reason=reason[:REASON]
        )
        a.append(stream, said)
        meet(a, about=APPROVES, subject=revision, place=PLACE)
        a.reply = {"revision": str(revision)}
    return a.reply


def _stream_of(command: Command, revision: UUID) -> UUID:
    with reading(site=command.actor.site, person=command.actor.person):
        return version(revision).stream


def _waiting(revision: UUID) -> DocumentVersion:
    seen = version(revision)
    if not seen.waits:
        raise VersionDecided()
    return seen
