"""A redline: what nobody foresaw changes the rest of one running batch, signed by two people."""

from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import can, check_permission
from accounts.services.ceremony import Proof, check_shown, sign
from batches import rules, selectors
from batches.entries import (
    BatchRedlined,
    Changed,
    ExceptionRaised,
    RedlineEnded,
    RedlineProposed,
    RedlineSigned,
    Said,
)
from batches.enums import ProcessState, RedlineState
from batches.exceptions import RecordClosed
from batches.models import Batch, Redline
from batches.redline_exceptions import (
    NothingRedlined,
    RedlineIsOpen,
    RedlineOwn,
    RedlineReasonMissing,
    RedlineSignedBefore,
    RedlineTouchesBegun,
    RedlineUnsigned,
)
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from recipes import remaining
from recipes.difference import Difference
from recipes.document import Recipe
from recipes.enums import Severity
from recipes.rules import check_compiles_as_before, check_lacks_no_more
from recipes.selectors import differences, document
from recipes.services.versions import keep
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.entries import decode
from records.models import Entry

PRODUCTION = gettext_noop("For production: the rest of this batch is made as shown.")
QUALITY = gettext_noop("For QA: the rest of this batch may be made as shown.")
LONGEST = 2000


@acting
def propose_redline(
    *, command: Command, batch: UUID, seq: int, source: bytes, reason: str
) -> Reply:  # fmt: skip
    """Propose another rest of a batch: ``source`` is what remains, as YAML or JSON.

    The compiler runs on the whole document. Raises RedlineReasonMissing, RedlineIsOpen,
    NothingRedlined, RedlineTouchesBegun, RecipeNotReadable, NotCompiled, SiteLacksMore,
    RecordClosed, NotAllowed, Stale. Appends ``redline.proposed``.
    """
    if not reason.strip():
        raise RedlineReasonMissing(field="reason")
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_REDLINE)
        seen = _seen(a, batch, seq)
        if open_redline(batch) is not None:
            raise RedlineIsOpen()
        before = selectors.recipe_of(seen)
        after = remaining.rewritten(before, selectors.begun_of(batch), source)
        keep(after.content_hash, "application/json", after.canonical)
        found = _checked(seen, before, after)
        number = Redline.objects.filter(stream=batch).count() + 1
        said = RedlineProposed(
            redline=uuid7(), number=number, before_hash=seen.recipe_hash,
            recipe_hash=after.content_hash, reason=reason.strip()[:LONGEST],
            changes=tuple(_said(one) for one in found),
        )  # fmt: skip
        a.append(batch, said)
        a.reply = {"redline": str(said.redline), "number": number, "changes": len(found)}
    return a.reply


def _said(one: Difference) -> Changed:
    return Changed(
        what=one.what.value, severity=one.severity.value, was_at=one.was_at, at=one.at,
        field=one.field, before=one.before, after=one.after, language=one.language,
    )  # fmt: skip


def _seen(a: Act, batch: UUID, seq: int) -> Batch:
    """Return the batch under its lock, as it was shown, while there is a rest to change."""
    seen = selectors.batch_of(batch)
    rules.check_executing(seen)
    if seen.process_state == ProcessState.COMPLETE:
        raise RecordClosed()
    a.expect(batch, seq)
    return seen


def _checked(seen: Batch, before: Recipe, after: Recipe) -> tuple[Difference, ...]:
    """Return the differences that the batch may still take. Raises what ``propose`` raises."""
    found = differences(before.content_hash, after.content_hash)
    if not found:
        raise NothingRedlined()
    touched = remaining.refused_places(before, after, found, selectors.begun_of(seen.id))
    if touched:
        raise RedlineTouchesBegun(places=", ".join(touched[:5]), count=len(touched))
    check_compiles_as_before(before, after)
    check_lacks_no_more(before, after, site=seen.site)
    return found


def open_redline(batch: UUID) -> Redline | None:
    """Return the redline of a batch that waits for signatures, or None."""
    return Redline.objects.filter(stream=batch, state=RedlineState.PROPOSED).first()


def redline_content(row: Redline) -> JSON:
    """Return what both signatures cover: exactly the new document, and what it changes.

    The changes are those that were proposed, in the words of that time.
    """
    changes: list[JSON] = [
        [one.what, "/".join(one.was_at), "/".join(one.at), one.before, one.after]
        for one in _proposed(row).changes
    ]
    return {
        "batch": str(row.stream), "redline": row.number, "reason": row.reason,
        "before": row.before_hash, "document": document(row.recipe_hash).dump(),
        "changes": changes,
    }  # fmt: skip


def _proposed(row: Redline) -> RedlineProposed:
    entries = Entry.objects.filter(stream=row.stream, kind=RedlineProposed.kind)
    payloads = (decode(one.kind, one.version, one.envelope["payload"]) for one in entries)
    return next(
        one for one in payloads if isinstance(one, RedlineProposed) and one.redline == row.id
    )


def _waiting(batch: UUID, redline: UUID, seen: Batch) -> Redline:
    """Return the open redline; what it changes has still not begun. Raises RedlineEndedBefore."""
    row = selectors.redline_of(batch, redline)
    if row.state != RedlineState.PROPOSED:
        raise RedlineSignedBefore(state=str(RedlineState(row.state).label))
    before, after = document(seen.recipe_hash), document(row.recipe_hash)
    _checked(seen, before, after)
    return row


@acting
def sign_redline(
    *, command: Command, batch: UUID, redline: UUID, seq: int, proof: Proof,
    shown: str | None = None,
) -> Reply:  # fmt: skip
    """Sign a redline for production. Raises RedlineSignedBefore, RedlineTouchesBegun when the
    batch went on meanwhile, ShownHasChanged, NotAllowed, Stale. Appends ``redline.signed``.
    """
    with act(command, streams=[batch]) as a:
        row = _waiting(batch, redline, _seen(a, batch, seq))
        if row.production_by is not None:
            raise RedlineSignedBefore(state=row.production_name)
        content = redline_content(row)
        check_shown(shown, content)
        signature = sign(
            a, proof, meaning=PRODUCTION, content=content, permission=Permission.BATCHES_REDLINE
        )
        a.append(batch, RedlineSigned(redline=redline, signature=signature))
        a.reply = {"redline": str(redline), "signed_by": signature.printed_name}
    return a.reply


@acting
def apply_redline(
    *, command: Command, batch: UUID, redline: UUID, seq: int, proof: Proof,
    shown: str | None = None,
) -> Reply:  # fmt: skip
    """Sign a redline for QA: from now on the batch is made by its own document.

    Another person than who proposed it and who signed for production. The compiler runs again.
    Raises RedlineUnsigned, RedlineOwn, and as ``sign_redline``. Appends ``batch.redlined``, and
    ``exception.raised`` for the reviewer.
    """
    with act(command, streams=[batch]) as a:
        seen = _seen(a, batch, seq)
        row = _waiting(batch, redline, seen)
        if row.production_by is None:
            raise RedlineUnsigned()
        if proof.person in {row.production_by, row.proposed_by}:
            raise RedlineOwn(person=proof.printed_name, streams=[batch])
        content = redline_content(row)
        check_shown(shown, content)
        signature = sign(
            a, proof, meaning=QUALITY, content=content, permission=Permission.QUALITY_REDLINE
        )
        said = BatchRedlined(
            redline=redline, number=row.number, recipe_hash=row.recipe_hash,
            recipe_label=f"{seen.recipe_label.partition(' ')[0]} R{row.number}",
            signature=signature,
        )  # fmt: skip
        a.append(batch, said)
        params = {"number": str(row.number), "by": row.proposed_by_name, "reason": row.reason}
        about = Said(code="redline.applied", severity=Severity.MAJOR.value, params=params)
        a.append(batch, ExceptionRaised(step="", said=about, comment=""))
        a.reply = {"redline": str(redline), "recipe_hash": row.recipe_hash}
    return a.reply


@acting
def end_redline(*, command: Command, batch: UUID, redline: UUID, reason: str) -> Reply:
    """Take a proposal back, or say no to it. Raises RedlineReasonMissing, RedlineSignedBefore,
    NotAllowed. Appends ``redline.ended``.
    """
    if not reason.strip():
        raise RedlineReasonMissing(field="reason")
    with act(command, streams=[batch]) as a:
        if not can(a.actor, Permission.QUALITY_REDLINE):
            check_permission(a.actor, Permission.BATCHES_REDLINE)
        row = selectors.redline_of(batch, redline)
        if row.state != RedlineState.PROPOSED:
            raise RedlineSignedBefore(state=str(RedlineState(row.state).label))
        a.append(batch, RedlineEnded(redline=redline, reason=reason.strip()[:LONGEST]))
        a.reply = {"redline": str(redline)}
    return a.reply
