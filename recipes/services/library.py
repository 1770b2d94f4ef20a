"""The library of operations: published out of approved versions, taken by drafts with a pin."""

from typing import cast
from uuid import UUID, uuid5

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib import evidence
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from recipes.document import Operation
from recipes.drafting.changes import Insert, Plain, at, names_of
from recipes.drafting.plain import normal
from recipes.entries import OPERATION_STREAM, OperationPublished, OperationWithdrawn
from recipes.enums import VersionStatus
from recipes.exceptions import NotYetApproved, OperationGone, OperationKnown, ReasonMissing
from recipes.models import LibraryOperation
from recipes.selectors import document, draft_of, library_operation, plain_document, version_of
from recipes.services.drafts import edit_draft
from recipes.services.versions import keep
from records.act import New, act, acting
from records.commands import Command, Reply
from records.reading import reading


def stream_of(site: UUID, code: str) -> UUID:
    """Return the stream of an operation of a site's library."""
    return uuid5(site, f"library-operation:{code}")


@acting
def publish_operation(*, command: Command, version: UUID, path: str, code: str) -> Reply:
    """Put an operation (``stage/operation``) of an approved version into the library.

    It becomes the next version of ``code``; the first makes it. Raises NotYetApproved,
    OperationKnown, NotFound, NotAllowed. Keeps the operation without its place; appends
    ``library-operation.published``.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    stream = stream_of(site, code)
    new = [New(OPERATION_STREAM, stream, site, may_exist=True)]
    with act(command, streams=[version], new=new) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = version_of(version)
        operation = document(row.content_hash).operation(path)
        if row.status not in VersionStatus.approved:
            raise NotYetApproved(version=str(row))
        if operation is None:
            raise NotFound()
        said = OperationPublished(
            operation=uuid7(), code=code, number=_next_number(stream, operation),
            title=dict(operation.title.root), content_hash=_kept(operation),
            steps=len(operation.steps), taken_from=version, taken_from_label=str(row), path=path,
        )  # fmt: skip
        a.append(stream, said)
        a.reply = {"operation": str(said.operation), "number": said.number}
    return a.reply


def _next_number(stream: UUID, operation: Operation) -> int:
    newest = LibraryOperation.objects.filter(stream=stream).order_by("-number").first()
    if newest is None:
        return 1
    same = newest.content_hash == evidence.content_hash(operation.reusable())
    if same and newest.withdrawn_at is None:
        raise OperationKnown(operation=str(newest))
    return newest.number + 1


def _kept(operation: Operation) -> str:
    """Keep an operation without its place; return the hash by which it is pinned."""
    data = operation.reusable()
    name = evidence.content_hash(data)
    keep(name, "application/json", evidence.canonical(data))
    return name


@acting
def withdraw_operation(*, command: Command, operation: UUID, reason: str) -> Reply:
    """Take a version out of the library; recipes that have it keep it.

    Raises ReasonMissing, OperationGone, NotFound, NotAllowed. Appends
    ``library-operation.withdrawn``.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    with reading(site=command.actor.site, person=command.actor.person):
        stream = library_operation(operation).stream
    with act(command, streams=[stream]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = library_operation(operation)
        _check_there(row)
        said = OperationWithdrawn(
            operation=operation, number=row.number, reason=reason.strip()[:1000]
        )
        a.append(stream, said)
        a.reply = {"operation": str(operation)}
    return a.reply


def _check_there(row: LibraryOperation) -> None:
    if row.withdrawn_at is not None:
        raise OperationGone(operation=str(row), reason=row.withdrawn_reason)


def take_operation(*, command: Command, draft: UUID, stage: str, operation: UUID) -> Reply:
    """Put an operation of the library at the end of a draft's stage, pinned to its version.

    Raises OperationGone, NameTwice, NotFound, and what ``edit_draft`` raises.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        row = library_operation(operation)
        _check_there(row)
        content: Plain = draft_of(draft).content
        item = pinned_item(row)
    where = ("stages", stage, "operations")
    there = at(content, where)
    names = (names_of(there) if isinstance(there, list) else None) or []
    change = Insert(at=where, after=names[-1] if names else None, item=item)
    return edit_draft(command=command, draft=draft, changes=[change])


def pinned_item(row: LibraryOperation) -> dict[str, Plain]:
    """Return an operation of the library as the plain data of a draft, with its pin."""
    pin = {"operation": row.code, "version": str(row.number), "hash": row.content_hash}
    data = normal({**plain_document(row.content_hash), "pinned": pin})
    return cast("dict[str, Plain]", data)
