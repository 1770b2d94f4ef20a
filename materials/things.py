"""What of materials stands in the audit trail: its streams, and kinds of entries in words."""

from django.utils.translation import gettext_lazy as _

from materials.entries import CONTAINER, LOT
from materials.models import Container, Lot
from records.things import found_by, labels_of, thing, words

thing(
    LOT, _("Lot"), retention="traceability", page="materials:lot",
    labels=labels_of(Lot, "code"), find=found_by(Lot, "code", "supplier_lot"),
)  # fmt: skip
thing(
    CONTAINER, _("Container"), retention="traceability", page="materials:container",
    labels=labels_of(Container, "label"), find=found_by(Container, "label", "coi", "din"),
)  # fmt: skip

words({
    "lot.received": _("Lot received"),
    "lot.released": _("Lot released"),
    "lot.rejected": _("Lot rejected"),
    "lot.quarantined": _("Lot put into quarantine"),
    "lot.consumed": _("Taken from a lot"),
    "container.made": _("Container made"),
    "container.received": _("Container received"),
    "container.moved": _("Container moved"),
    "container.stored": _("Container stored"),
    "container.clock_started": _("Clock of a container began"),
    "container.consumed": _("Container used up"),
    "container.drawn": _("Drawn from a container"),
    "container.filled": _("Container filled"),
    "container.quarantined": _("Container put into quarantine"),
    "container.released": _("Container released"),
    "container.voided": _("Container void"),
    "label.issued": _("Label printed"),
    "label.applied": _("Label applied"),
    "label.voided": _("Label void"),
})  # fmt: skip
