"""Acts on lots, containers and labels.

Functions that take an act (``consume_lot``, ``make_container`` …) run inside another app's act,
whose streams are locked already; the others open an act of their own.
"""

from materials.services.catalogue import add_material
from materials.services.containers import (
    ContainerDraft,
    Pour,
    consume_container,
    draw_from,
    fill_into,
    make_container,
    move_container,
    quarantine_container,
    receive_container,
    release_container,
    start_clock,
    store_container,
    void_container,
)
from materials.services.labels import apply_label, issue_label, print_label, void_label
from materials.services.lots import (
    LOT_QUARANTINED,
    Delivery,
    consume_lot,
    quarantine_lot,
    receive_lot,
    reject_lot,
    release_lot,
)
from materials.services.moves import move, store

__all__ = [
    "LOT_QUARANTINED",
    "ContainerDraft",
    "Delivery",
    "Pour",
    "add_material",
    "apply_label",
    "consume_container",
    "consume_lot",
    "draw_from",
    "fill_into",
    "issue_label",
    "make_container",
    "move",
    "move_container",
    "print_label",
    "quarantine_container",
    "quarantine_lot",
    "receive_container",
    "receive_lot",
    "reject_lot",
    "release_container",
    "release_lot",
    "start_clock",
    "store",
    "store_container",
    "void_container",
    "void_label",
]
