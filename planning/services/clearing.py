"""What is booked for a batch that needs it no longer is given back."""

from uuid import UUID

from equipment.services import claims
from planning import jobs
from planning.entries import PlanRejected
from planning.models import Plan
from records.act import act, acting
from records.commands import Command, Reply
from records.outbox import Message
from records.reading import reading


@acting
def give_back(*, command: Command, message: Message, batch: UUID, reason: str) -> Reply:
    """Withdraw a batch's claims that have not begun and put its open plans aside.

    What is occupied stays occupied: cells that are here stay here until clearance.
    """
    with reading(site=message.site):
        held = {claim.stream for claim in jobs.own_waiting_claims(batch)}
        plans = list(Plan.objects.of(batch).open().values_list("id", flat=True))
    with act(command, streams=[batch, *held, *plans]) as a:
        waiting = [claim for claim in jobs.own_waiting_claims(batch) if claim.stream in held]
        claims.withdraw(a, [claim.id for claim in waiting], reason=reason)
        for plan in Plan.objects.of(batch).open().filter(id__in=plans):
            a.append(plan.id, PlanRejected(reason=reason))
        a.done(message)
    return a.reply
