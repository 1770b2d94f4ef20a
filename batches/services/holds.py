"""The process hold: a person's command to the safe state that the recipe names (ISA-88)."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches import rules, selectors
from batches.entries import ProcessHoldLifted, ProcessHoldSet
from batches.enums import ProcessState
from batches.exceptions import CommentMissing, NotHeld, NotRunning
from batches.workflow import PROCESS
from records.act import act, acting
from records.commands import Command, Reply


@acting
def hold_process(*, command: Command, batch: UUID, reason: str) -> Reply:
    """Bring a running process into its safe state; clocks of the cells run on.

    Raises NotRunning, CommentMissing. Appends ``process-hold.set``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_HOLD)
        seen = selectors.batch_of(batch)
        rules.check_executing(seen)
        if ProcessState.HELD not in PROCESS[ProcessState(seen.process_state)]:
            raise NotRunning()
        a.append(batch, ProcessHoldSet(reason=_reason(reason)))
        a.reply = {"state": ProcessState.HELD.value}
    return a.reply


@acting
def restart_process(*, command: Command, batch: UUID, reason: str) -> Reply:
    """Let a held process go on. Raises NotHeld, CommentMissing. Appends ``process-hold.lifted``."""
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_HOLD)
        if selectors.batch_of(batch).process_state != ProcessState.HELD:
            raise NotHeld()
        a.append(batch, ProcessHoldLifted(reason=_reason(reason)))
        a.reply = {"state": ProcessState.RUNNING.value}
    return a.reply


def _reason(text: str) -> str:
    if not text.strip():
        raise CommentMissing(field="reason", finding="")
    return text.strip()[:2000]
