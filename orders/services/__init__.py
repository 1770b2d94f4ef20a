"""Acts on patients, the register of identity, orders and collections.

Functions that take an act (``start_manufacture``, ``release_order`` …) run inside another app's
act, whose streams are locked already; the others open an act of their own.
"""

from orders.services.centres import adopt_order, set_order_centre
from orders.services.collections import (
    Announcement,
    Receipt,
    announce_collection,
    receive_collection,
    set_collection_apart,
)
from orders.services.identity import Identity, erase_identity, record_identity, show_identity
from orders.services.orders import (
    NewOrder,
    cancel_order,
    clear_doubt,
    close_order,
    enter_order,
    release_order,
    start_manufacture,
)
from orders.services.register import open_register
from orders.validators import Window

__all__ = [
    "Announcement",
    "Identity",
    "NewOrder",
    "Receipt",
    "Window",
    "adopt_order",
    "announce_collection",
    "cancel_order",
    "clear_doubt",
    "close_order",
    "enter_order",
    "erase_identity",
    "open_register",
    "receive_collection",
    "record_identity",
    "release_order",
    "set_collection_apart",
    "set_order_centre",
    "show_identity",
    "start_manufacture",
]
