"""What equipment does with messages from the outbox."""

from datetime import timedelta
from uuid import UUID

from equipment.enums import ClaimState
from equipment.models import Claim
from equipment.services import claims
from records import outbox
from records.act import act, acting
from records.commands import Command, Reply

# An overrun is held an hour at a time, until somebody clears the place.
OVERRUN = timedelta(hours=1)


@outbox.subscribe(claims.CLAIM_ENDS, consumer="equipment.overrun")
def look_at_the_end(message: outbox.Message) -> None:
    """A claim should be over by now: hold it on if nobody has cleared it."""
    hold_on(command=message.command("claim.hold_on"), message=message)


@acting
def hold_on(*, command: Command, message: outbox.Message) -> Reply:
    """Extend an occupied claim whose end has passed; appends ``claim.extended``."""
    claim, resource = UUID(message.payload["claim"]), UUID(message.payload["resource"])
    with act(command, streams=[resource]) as a:
        found = Claim.objects.filter(id=claim).first()
        if found and found.state == ClaimState.OCCUPIED and found.end <= a.now:
            claims.extend(a, [claim], until=a.now + OVERRUN)
        a.done(message)
    return a.reply
