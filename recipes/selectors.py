"""Reads of recipes: documents by hash, versions, approvals, where-used."""

import json
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from mes.lib import evidence
from recipes import compiler, nodes, reader, stored
from recipes import touches as reach
from recipes.approvers import Approvers
from recipes.difference import Difference, difference
from recipes.document import Recipe
from recipes.drafting.changes import Address, touches
from recipes.entries import CodedGap, DraftEdited, DraftOpened
from recipes.enums import DraftState, UseKind, VersionStatus
from recipes.here import described
from recipes.messages import Message, RecipeNotReadable
from recipes.models import (
    ApprovalRule,
    Document,
    LibraryOperation,
    RecipeApproval,
    RecipeComment,
    RecipeDraft,
    RecipeRehearsal,
    RecipeUse,
    RecipeVersion,
)
from recipes.site import Site
from records.entries import decode
from records.models import Entry
from records.reading import the_one


@lru_cache(maxsize=128)
def document(content_hash: str) -> Recipe:
    """Return the document with this hash, be it one that would not be taken today.

    Raises NotFound; ValueError when it was altered.

    A document never changes, so each process reads it once.
    """
    return stored.read(plain_document(content_hash))


def plain_document(content_hash: str) -> dict[str, Any]:
    """Return the plain data that a draft began with. Raises NotFound, ValueError."""
    row = the_one(Document.objects.filter(hash=content_hash))
    plain: dict[str, Any] = json.loads(bytes(row.content))
    if evidence.content_hash(plain) != content_hash:
        raise ValueError(f"document {content_hash} was altered")
    return plain


@lru_cache(maxsize=64)
def differences(before: str, after: str) -> tuple[Difference, ...]:
    """Return the differences between two documents by their hashes; kept by them."""
    return difference(document(before), document(after))


def reached(before: str, after: str, begun: Set[str]) -> reach.Reached:
    """Return how a batch of one document stands to what another changes, by its begun steps."""
    found = differences(before, after)
    return reach.reached(found, document(before), document(after), begun)


@lru_cache(maxsize=64)
def source_text(source_hash: str) -> bytes:
    """Return a text by its hash; it never changes, so each process reads it once."""
    row = the_one(Document.objects.filter(hash=source_hash))
    return bytes(row.content)


def source_of(version: RecipeVersion) -> bytes:
    """Return the text that a version was imported from, comments included. Raises NotFound."""
    return source_text(version.source_hash)


def not_here(version: RecipeVersion) -> tuple[Message, ...]:
    """Return what the site of a version has not now, by the site's rows, with lines of its text.

    The page shows it and the approval asks it. Its errors keep a batch from being run.
    """
    site = described(version.site)
    if site is None:
        return ()
    return _not_at(version.source_hash, get_language() or "en", site.model_dump_json())


@lru_cache(maxsize=32)
def _not_at(source_hash: str, _language: str, site: str) -> tuple[Message, ...]:
    """Compile a text for a site; kept by text, language and all that the site has."""
    here = Site.model_validate_json(site)
    found = compiler.check_text(source_text(source_hash), here)[1]
    return tuple(filter(compiler.of_the_site, found))


def gaps_of(draft: UUID) -> tuple[CodedGap, ...]:
    """Return what of another system's file a draft could not take over."""
    row = Entry.objects.filter(stream=draft, seq=1).first()
    opened = decode(row.kind, row.version, row.envelope["payload"]) if row else None
    return opened.gaps if isinstance(opened, DraftOpened) else ()


def version_of(version: UUID) -> RecipeVersion:
    """Return a version of this site. Raises NotFound, for another site's as well."""
    return the_one(RecipeVersion.objects.filter(id=version))


def versions() -> list[RecipeVersion]:
    """Return the versions of the site: recipes by code, the newest version first."""
    return list(RecipeVersion.objects.order_by("code", "-number"))


def versions_of(code: str) -> list[RecipeVersion]:
    """Return the versions of one recipe, the newest first."""
    return list(RecipeVersion.objects.of(code).order_by("-number"))


def effective_of(code: str) -> RecipeVersion | None:
    """Return the version that batches are made from now, or None."""
    return RecipeVersion.objects.of(code).effective().first()


def effective_versions() -> list[RecipeVersion]:
    """Return the effective version of each recipe of the site, by code."""
    return list(RecipeVersion.objects.effective().order_by("code"))


def approvals_of(version: UUID) -> list[RecipeApproval]:
    """Return the approvals of a version that stand, the oldest first."""
    return list(RecipeApproval.objects.filter(version=version, void=False).order_by("at"))


def approvers_of(site: UUID | None) -> Approvers:
    """Return which signatures a site asks for: two of whoever may approve unless it said so."""
    rule = ApprovalRule.objects.filter(site=site).first()
    return rule.approvers if rule else Approvers()


def comments_of(version: UUID) -> list[RecipeComment]:
    """Return the comments on a version, the oldest first."""
    return list(RecipeComment.objects.filter(version=version))


def comment_of(version: UUID, comment: UUID) -> RecipeComment:
    """Return a comment on a version. Raises NotFound, for another version's as well."""
    return the_one(RecipeComment.objects.filter(version=version, id=comment))


@dataclass(frozen=True, slots=True)
class UsedIn:
    """A place in a version that refers to something."""

    version: RecipeVersion
    path: str


def where_used(kind: str, code: str) -> list[UsedIn]:
    """Return where approved versions refer to a thing, by code, number and path."""
    uses = list(RecipeUse.objects.filter(kind=kind, code=code))
    rows = RecipeVersion.objects.in_bulk({use.version for use in uses})
    found = [UsedIn(rows[use.version], use.path) for use in uses if use.version in rows]
    return sorted(found, key=lambda use: (use.version.code, use.version.number, use.path))


def draft_of(draft: UUID) -> RecipeDraft:
    """Return a draft of this site. Raises NotFound, for another site's as well."""
    return the_one(RecipeDraft.objects.filter(id=draft))


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """Who changed a draft, and when."""

    by: str
    when: datetime


MOST_LOOKED_THROUGH = 200


def draft_edit_at(row: RecipeDraft, address: Address) -> DraftEdit:
    """Return the newest edit of a draft at an address, around it or in it; else the newest."""
    edits = Entry.objects.filter(stream=row.id, kind=DraftEdited.kind).order_by("-seq")
    for entry in edits[:MOST_LOOKED_THROUGH]:
        edited = decode(entry.kind, entry.version, entry.envelope["payload"])
        if isinstance(edited, DraftEdited) and any(touches(c, address) for c in edited.changes):
            return DraftEdit(by=entry.envelope["actor"]["name"], when=entry.at)
    return DraftEdit(by=row.edited_by_name, when=row.edited_at)


def rehearsal_of(rehearsal: UUID) -> RecipeRehearsal:
    """Return a rehearsal of this site. Raises NotFound, for another site's as well."""
    return the_one(RecipeRehearsal.objects.filter(id=rehearsal))


def draft_rehearsed(row: RecipeRehearsal) -> RecipeDraft | None:
    """Return the draft of which a rehearsal is, None for one of a version."""
    return RecipeDraft.objects.filter(id=row.of).defer("content", "stacks").first()


def open_drafts() -> list[RecipeDraft]:
    """Return the drafts of the site that are being written, without their content."""
    rows = RecipeDraft.objects.filter(state=DraftState.OPEN).defer("content", "stacks")
    return list(rows.order_by("code", "-edited_at"))


def recipe_of_draft(row: RecipeDraft) -> Recipe | None:
    """Return a draft as a recipe, None as long as it cannot be read as one."""
    try:
        return reader.read_nodes(nodes.Nodes(row.content)).recipe
    except RecipeNotReadable:
        return None


def library_operation(operation: UUID) -> LibraryOperation:
    """Return a version of an operation of the site's library. Raises NotFound."""
    return the_one(LibraryOperation.objects.filter(id=operation))


def library() -> list[LibraryOperation]:
    """Return all versions of all operations of the site's library, the newest of each first."""
    return list(LibraryOperation.objects.order_by("code", "-number"))


def users_of_operations() -> dict[str, list[RecipeVersion]]:
    """Return the approved versions that use an operation of the library, by its code."""
    uses = RecipeUse.objects.filter(kind=UseKind.OPERATION)
    codes: dict[UUID, set[str]] = {}
    for use in uses:
        codes.setdefault(use.version, set()).add(use.code)
    rows = RecipeVersion.objects.filter(id__in=codes).exclude(status__in=VersionStatus.ended)
    found: dict[str, list[RecipeVersion]] = {}
    for row in rows.order_by("code", "-number"):
        for code in codes[row.id]:
            found.setdefault(code, []).append(row)
    return found
