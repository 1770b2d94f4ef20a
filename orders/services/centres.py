"""Which treatment centre an order is of: given by a coordinator, or by the name that it bears."""

from uuid import UUID

from accounts import centres
from accounts.models import TreatmentCentre
from accounts.permissions import Permission
from accounts.rules import check_permission
from orders import selectors
from orders.entries import OrderCentreSet
from orders.exceptions import CentreUnknown, SameCentre
from orders.validators import check_text
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.outbox import Message
from records.reading import reading

# Why an order became its centre's without anybody's hand. Kept as it is, like other reasons.
NAMED = "The order names this centre; it was entered before the centre was registered."


@acting
def set_order_centre(
    *, command: Command, order: UUID, centre: str, reason: str, seq: int | None = None
) -> Reply:
    """Give an order to a registered centre; appends ``order.centre_set``.

    The people of that centre see it from then on, and those of no other one. Raises NotAllowed,
    NotFound, Stale, CentreUnknown, SameCentre, CentreIsClosed, TextMissing.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        there = centres.centre_named(centre)
    # Locked with the order: no centre is closed while it gets one.
    with act(command, streams=[order, *([there.id] if there else [])]) as a:
        check_permission(a.actor, Permission.ORDERS_CENTRE)
        seen = selectors.order_of(order)
        if seq is not None:
            a.expect(order, seq)
        to = centres.centre_named(centre)
        if to is None:
            raise CentreUnknown(field="centre", said=centre.strip()[:40])
        if to.id == seen.centre:
            raise SameCentre(field="centre")
        centres.check_open(to, field="centre")
        _give(a, order, to, check_text(reason, field="reason", most=400))
    return a.reply


@acting
def adopt_order(*, command: Command, order: UUID, centre: UUID, message: Message) -> Reply:
    """Give an order to the centre that it names, unless somebody has given it to one.

    A centre that was closed meanwhile gets none; it is asked anew when it is opened again.
    """
    with act(command, streams=[order, centre]) as a:
        to = centres.centre(centre)
        if selectors.order_of(order).centre is None and to.closed_at is None:
            _give(a, order, to, NAMED)
        a.done(message)
    return a.reply


def _give(a: Act, order: UUID, to: TreatmentCentre, reason: str) -> None:
    a.append(order, OrderCentreSet(centre=to.id, centre_name=to.title, reason=reason))
    a.reply = {"order": str(order), "centre": to.code}
