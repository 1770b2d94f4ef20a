"""Something happened: record now, structure later."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches import rules, selectors
from batches.entries import ExceptionRaised, Said
from batches.exceptions import CommentMissing
from recipes.enums import Severity
from records.act import act, acting
from records.commands import Command, Reply


@acting
def report(*, command: Command, batch: UUID, step: str, text: str) -> Reply:
    """Keep what somebody saw, at a step, as an exception for QA; appends ``exception.raised``.

    Raises CommentMissing when nothing was written.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_PERFORM)
        rules.check_executing(selectors.batch_of(batch))
        if not text.strip():
            raise CommentMissing(field="text", finding="")
        said = Said(code="reported", severity=Severity.MINOR.value, params={})
        a.append(batch, ExceptionRaised(step=step, said=said, comment=text.strip()[:2000]))
        a.reply = {"step": step}
    return a.reply
