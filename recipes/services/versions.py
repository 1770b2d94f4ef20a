"""The acts of a recipe's version, from its import to its end."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof, check_shown, sign
from accounts.services.qualifications import announce_version
from mes.lib.ids import uuid7
from recipes import reader, rules
from recipes.document import Recipe
from recipes.entries import (
    STREAM,
    RecipeApproved,
    RecipeImported,
    RecipeMadeEffective,
    RecipeSubmitted,
    RecipeSuperseded,
    RecipeWithdrawn,
)
from recipes.enums import VersionStatus
from recipes.exceptions import ReasonMissing
from recipes.messages import errors
from recipes.models import Document, RecipeVersion
from recipes.selectors import (
    approvals_of,
    approvers_of,
    document,
    effective_of,
    not_here,
    version_of,
)
from recipes.workflow import COMPILER_VERSION, check_can_become
from records.act import Act, New, act, acting
from records.commands import Command, Reply
from records.exceptions import Stale
from records.reading import reading

MEANING = gettext_noop("Approved: reviewed, fit to be executed")


@acting
def import_recipe(*, command: Command, source: bytes) -> Reply:
    """Make a draft version from a text (YAML or JSON). The actor is its author.

    The compiler need not be content yet: its messages are on the version's page, and review
    is refused until it is. Raises RecipeNotReadable, DocumentKnown, NumberTaken, NotAllowed.
    Keeps the canonical document and the text; appends ``recipe.imported``.
    """
    recipe = reader.read(source)
    version = uuid7()
    with act(command, new=[New(STREAM, version, command.actor.site)]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        rules.check_new(recipe)
        said = said_of(recipe, source)
        a.append(version, said)
        a.reply = {"version": str(version), "number": said.number, "hash": said.content_hash}
    return a.reply


def said_of(recipe: Recipe, source: bytes, *, writers: Sequence[UUID] = ()) -> RecipeImported:
    """Return what makes a version of a document; keeps the document and its text."""
    return RecipeImported(
        code=recipe.recipe,
        number=_next_number(recipe.recipe),
        title=dict(recipe.title.root),
        content_hash=keep_document(recipe),
        source_hash=_keep_source(source),
        stages=len(recipe.stages),
        steps=recipe.length,
        writers=tuple(writers),
    )


def _next_number(code: str) -> int:
    last = RecipeVersion.objects.of(code).order_by("-number").first()
    return last.number + 1 if last else 1


def keep_document(recipe: Recipe) -> str:
    """Keep a document inside an act; return the hash by which it is found."""
    keep(recipe.content_hash, "application/json", recipe.canonical)
    return recipe.content_hash


def _keep_source(source: bytes) -> str:
    name = hashlib.sha256(source).hexdigest()
    keep(name, "text/plain", source)
    return name


def keep(name: str, media_type: str, content: bytes) -> None:
    """Insert what is not there yet; content with this name is the same content."""
    row = Document(hash=name, media_type=media_type, content=content)
    Document.objects.bulk_create([row], ignore_conflicts=True)


@acting
def submit_for_review(*, command: Command, version: UUID, seq: int) -> Reply:
    """Ask for review. Raises NotCompiled, NotAllowedNow, NotAllowed, Stale."""
    with act(command, streams=[version]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = _looked_at(a, version, seq=seq, then=VersionStatus.IN_REVIEW)
        messages = rules.check_compiles(document(row.content_hash))
        a.append(version, RecipeSubmitted(compiler=COMPILER_VERSION, warnings=len(messages)))
        a.reply = {"version": str(version), "status": VersionStatus.IN_REVIEW}
    return a.reply


@acting
def approve(
    *, command: Command, version: UUID, seq: int, proof: Proof, reason: str = "",
    shown: str | None = None,
) -> Reply:  # fmt: skip
    """Sign the approval of the document; the last that the site asks for completes it.

    The signature is bound to the content hash of the document. The one who signs is the one
    who is signed in, holds ``recipes.approve`` by a role that is asked for now, did not write the
    version and has not approved it before; every comment was answered. Where the site has not all
    that the recipe needs, the ``reason`` says why it is approved all the same; both stand in the
    entry. ``shown`` is the hash of what the page showed. Raises OwnRecipe, ApprovedBefore,
    SignerIsAnother, RoleNotAsked, CommentsOpen, NotCompiled, SiteLacks, ShownHasChanged,
    NotAllowedNow, NotAllowed, Stale. Appends ``recipe.approved``.
    """
    with act(command, streams=[version]) as a:
        row = _looked_at(a, version, seq=seq, then=VersionStatus.APPROVED)
        rules.check_signs_self(a.actor, signer=proof.person, name=proof.printed_name)
        rules.check_may_approve(row, person=proof.person, name=proof.printed_name)
        check_permission(a.actor, Permission.RECIPES_APPROVE)
        given, rule = approvals_of(version), approvers_of(row.site)
        role = rules.check_role(
            rule, given, person=proof.person, site=proof.site, name=proof.printed_name
        )
        rules.check_answered(version)
        recipe = document(row.content_hash)
        rules.check_compiles(recipe)
        missing = errors(not_here(row))
        lacking = rules.check_site(missing, reason=reason)
        check_shown(shown, rules.approval_content(row, missing))
        signature = sign(
            a, proof, meaning=MEANING, content=recipe.dump(),
            permission=Permission.RECIPES_APPROVE, role=role,
        )  # fmt: skip
        completes = not rule.missing([*(one.role for one in given), signature.role])
        said = reason.strip() if lacking else ""
        a.append(
            version,
            RecipeApproved(
                signature=signature, completes=completes, lacking=lacking, reason=said
            ),
        )  # fmt: skip
        a.reply = {"version": str(version), "approvals": len(given) + 1, "complete": completes}
    return a.reply


@acting
def make_effective(*, command: Command, version: UUID, seq: int) -> Reply:
    """Let batches be made from an approved version; the one before is superseded.

    An act of its own, because people are trained on a version between its approval and its
    first use. Running batches keep the version that they have pinned. Whoever is not trained on
    it, as its ``trained_from`` says, is told. Raises NotAllowedNow, NotAllowed, Stale (also when
    another version became effective meanwhile).
    """
    with reading(site=command.actor.site, person=command.actor.person):
        before = effective_of(version_of(version).code)
    streams = [version] + ([before.id] if before else [])
    with act(command, streams=streams) as a:
        check_permission(a.actor, Permission.RECIPES_APPROVE)
        row = _looked_at(a, version, seq=seq, then=VersionStatus.EFFECTIVE)
        now_effective = effective_of(row.code)
        if now_effective != before:
            raise Stale(at=a.now.isoformat(), by="")
        if before is not None:
            a.append(before.id, RecipeSuperseded(by=version, number=row.number))
        a.append(version, RecipeMadeEffective(replaces=before.id if before else None))
        trained_from = document(row.content_hash).trained_from
        announce_version(
            a, version, key=row.code, label=row.code, number=row.number,
            counts_from=trained_from or row.number,
        )  # fmt: skip
        a.reply = {"version": str(version), "replaced": str(before.id) if before else None}
    return a.reply


@acting
def withdraw(*, command: Command, version: UUID, seq: int, reason: str) -> Reply:
    """End a version: also a reviewer's "no". Raises ReasonMissing, NotAllowedNow, Stale.

    A draft may be withdrawn by its writers; what is in review or approved only by those who
    may approve.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    with act(command, streams=[version]) as a:
        row = _looked_at(a, version, seq=seq, then=VersionStatus.WITHDRAWN)
        draft = row.status == VersionStatus.DRAFT
        needed = Permission.RECIPES_WRITE if draft else Permission.RECIPES_APPROVE
        check_permission(a.actor, needed)
        a.append(version, RecipeWithdrawn(reason=reason.strip()))
        a.reply = {"version": str(version), "status": VersionStatus.WITHDRAWN}
    return a.reply


def _looked_at(a: Act, version: UUID, *, seq: int, then: VersionStatus) -> RecipeVersion:
    """Return the version as it is under the lock, when it may become ``then``."""
    row = version_of(version)
    check_can_become(row.status, then)
    a.expect(version, seq)
    return row
