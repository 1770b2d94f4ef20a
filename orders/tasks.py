"""Consumers of outbox messages: orders that named a centre in words before it was registered."""

from uuid import UUID

from accounts.services.centres import CENTRE_REGISTERED
from orders.selectors import orders_naming
from orders.services.centres import adopt_order
from records.act import act
from records.outbox import Message, subscribe

ORDER_NAMED = "order.names_centre"


@subscribe(CENTRE_REGISTERED, consumer="orders.find_orders")
def find_orders(message: Message) -> None:
    """Find the orders that name a new centre in words; one message each, so one act each."""
    with act(message.command("centre.find_orders")) as a:
        for order in orders_naming(UUID(message.payload["centre"])):
            a.enqueue(ORDER_NAMED, {"order": str(order), **message.payload})
        a.done(message)


@subscribe(ORDER_NAMED, consumer="orders.adopt_order")
def adopt(message: Message) -> None:
    """Give one order to the centre that it names."""
    adopt_order(
        command=message.command("order.adopt"), order=UUID(message.payload["order"]),
        centre=UUID(message.payload["centre"]), message=message,
    )  # fmt: skip
