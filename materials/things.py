"""What of materials stands in the audit trail: its streams, and kinds of entries in words."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from materials.entries import CONTAINER, LOT
from materials.enums import ContainerKind
from materials.models import Container, Lot
from materials.selectors import made_from
from records.things import found_by, labels_of, thing, words

thing(
    LOT, _("Lot"), retention="traceability", page="materials:lot",
    labels=labels_of(Lot, "code"), find=found_by(Lot, "code", "supplier_lot"),
)  # fmt: skip


def _batch_of_product(container: UUID) -> UUID | None:
    """Return the batch whose product this is. What went on into another has no end with it."""
    product = Container.objects.filter(pk=container, kind=ContainerKind.PRODUCT)
    batch = product.values_list("batch", flat=True).first()
    return None if batch is None or made_from(container) else batch


thing(
    CONTAINER, _("Container"), retention="traceability", page="materials:container",
    labels=labels_of(Container, "label"), find=found_by(Container, "label", "coi", "din"),
    follows=_batch_of_product,
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
