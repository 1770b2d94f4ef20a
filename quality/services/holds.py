"""The quality hold: blocks disposition and what cannot be undone; care of the cells goes on."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.entries import ExceptionRaised, QualityHoldLifted, QualityHoldSet, Said
from batches.selectors import batch_of
from quality.exceptions import AlreadyOnHold, NotOnHold
from quality.services.signing import written
from quality.services.touched import exception_came
from records.act import act, acting
from records.commands import Command, Reply
from records.outbox import Message


@acting
def set_quality_hold(*, command: Command, batch: UUID, reason: str) -> Reply:
    """Set the quality hold. Raises AlreadyOnHold, TextMissing. Appends ``quality-hold.set``."""
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_HOLD)
        seen = batch_of(batch)
        if seen.quality_hold:
            raise AlreadyOnHold(reason=seen.quality_hold_reason)
        a.append(batch, QualityHoldSet(reason=written(reason, field="reason")))
        a.reply = {"quality_hold": True}
    return a.reply


@acting
def lift_quality_hold(*, command: Command, batch: UUID, reason: str) -> Reply:
    """Lift the quality hold. Raises NotOnHold, TextMissing. Appends ``quality-hold.lifted``."""
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_HOLD)
        if not batch_of(batch).quality_hold:
            raise NotOnHold()
        a.append(batch, QualityHoldLifted(reason=written(reason, field="reason")))
        a.reply = {"quality_hold": False}
    return a.reply


@acting
def hold_by_rule(
    *, command: Command, batch: UUID, reason: str, said: Said | None, message: Message
) -> Reply:
    """Set the hold because a rule says so, and raise ``said`` for QA; one act for each batch.

    A batch on hold already keeps its hold and its reason.
    """
    with act(command, streams=[batch]) as a:
        if not batch_of(batch).quality_hold:
            a.append(batch, QualityHoldSet(reason=reason))
        if said:
            a.append(batch, ExceptionRaised(step="", said=said, comment=""))
            exception_came(a, batch)
        a.done(message)
        a.reply = {"quality_hold": True}
    return a.reply


@acting
def raise_by_rule(*, command: Command, batch: UUID, said: Said, message: Message) -> Reply:
    """Raise ``said`` for QA without a hold: it stands open until somebody judges it."""
    with act(command, streams=[batch]) as a:
        a.append(batch, ExceptionRaised(step="", said=said, comment=""))
        exception_came(a, batch)
        a.done(message)
    return a.reply
