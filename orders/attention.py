"""What an order waits for, on whom, and how much it needs somebody: pure, from one row.

The chance to be in time is the planner's to compute (``planning``); here only what an order
itself shows: broken promises, doubtful cells, days that have passed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.enums import Attention, OrderState, WaitsFor
from orders.models import Order

# Product that is not released this long before its infusion window is at risk.
BEFORE_INFUSION = timedelta(days=3)
# Fresh cells do not wait long for their batch (processes.md: 48 h, a limit of the recipe).
BEFORE_START = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One order's place in the list."""

    attention: Attention
    waits_for: WaitsFor
    headline: str
    who: str


def outlook(order: Order, at: datetime) -> Outlook:
    """Return what an order waits for at an instant."""
    waits_for, headline, who = _next(order, at)
    return Outlook(_attention(order, at), waits_for, headline, who)


def _attention(order: Order, at: datetime) -> Attention:
    if order.state not in OrderState.live:
        return Attention.NONE
    if at >= order.infusion_until or order.doubt:
        return Attention.IN_DANGER
    if _is_late(order, at):
        return Attention.AT_RISK
    return Attention.NONE


def _is_late(order: Order, at: datetime) -> bool:
    if order.state == OrderState.ENTERED:
        return at >= order.collection_until
    if order.state == OrderState.COLLECTED and order.received_at:
        return at >= order.received_at + BEFORE_START
    return order.state != OrderState.RELEASED and at >= order.infusion_from - BEFORE_INFUSION


def _next(order: Order, at: datetime) -> tuple[WaitsFor, str, str]:
    if order.doubt and order.state in OrderState.live:
        why = {"why": order.doubt}
        return WaitsFor.US, _("Bag in quarantine: %(why)s") % why, _("QA to decide")
    answers: dict[str, tuple[WaitsFor, str, str]] = {
        OrderState.ENTERED: (
            WaitsFor.CENTRE,
            _("Collection overdue") if at >= order.collection_until else _("Collection promised"),
            _("centre to collect and send"),
        ),
        OrderState.COLLECTED: (
            WaitsFor.US, _("Cells received, no batch yet"), _("planner to issue the batch"),
        ),
        OrderState.IN_MANUFACTURE: (
            WaitsFor.NOBODY, _in_manufacture(order, at),
            _("with manufacture and QA until it is released"),
        ),
        OrderState.RELEASED: (
            WaitsFor.US, _("Released"), _("coordinator to send the product"),
        ),
        OrderState.CANCELLED: (
            WaitsFor.NOBODY, _("Cancelled: %(why)s") % {"why": order.reason}, "",
        ),
        OrderState.CLOSED: (WaitsFor.NOBODY, _("Closed"), ""),
    }  # fmt: skip
    return answers[order.state]


def _in_manufacture(order: Order, at: datetime) -> str:
    days = max(0, (at - (order.manufacture_at or at)).days)
    return _("In manufacture, day %(day)s") % {"day": days}


def days_left(order: Order, at: datetime) -> str:
    """Return the days to the infusion window, as a word for the list."""
    days = (order.infusion_from - at).days
    if days < 0:
        return _("window open")
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
