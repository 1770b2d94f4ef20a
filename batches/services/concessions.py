"""Ask QA: the operator's way past a conditional interlock. QA answers in ``quality``."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches import rules, selectors
from batches.entries import ConcessionAsked
from batches.enums import ConcessionState
from batches.exceptions import CommentMissing, ConcessionPending, InterlockAbsolute
from batches.models import Concession
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from records.act import act, acting
from records.commands import Command, Reply


@acting
def ask_concession(
    *, command: Command, batch: UUID, step: str, code: str, params: dict[str, JSON], reason: str
) -> Reply:
    """Ask QA on call to let this step of this batch pass the interlock ``code``.

    Raises ConcessionPending, CommentMissing, InterlockAbsolute. Appends ``concession.asked``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_PERFORM)
        seen = selectors.batch_of(batch)
        rules.check_executing(seen)
        selectors.step_of(batch, step)
        absolute = selectors.recipe_of(seen).absolute
        if code in (*absolute, *selectors.placed_of(seen, step).step.absolute):
            raise InterlockAbsolute(code=code)
        if not reason.strip():
            raise CommentMissing(field="reason", finding="")
        asked = Concession.objects.filter(stream=batch, step=step, code=code)
        if asked.filter(state=ConcessionState.ASKED).exists():
            raise ConcessionPending()
        plain = {k: v for k, v in params.items() if v is None or isinstance(v, str | int | bool)}
        concession = uuid7()
        said = ConcessionAsked(
            concession=concession, step=step, code=code, params=plain, reason=reason.strip()[:2000]
        )
        a.append(batch, said)
        a.reply = {"concession": str(concession)}
    return a.reply
