"""What of orders stands in the audit trail: its streams, and kinds of entries in words."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orders.entries import ORDER, PATIENT, REGISTER
from orders.models import Order, Patient
from records.things import found_by, labels_of, thing, words


def _batch_of(order: UUID) -> UUID | None:
    """Return the batch whose product is the order's: of a remake the last one."""
    return Order.objects.filter(pk=order).values_list("batch", flat=True).first()


thing(
    ORDER, _("Order"), retention="traceability", page="orders:order",
    labels=labels_of(Order, "number"), find=found_by(Order, "number", "coi"), follows=_batch_of,
)  # fmt: skip
# Found and named by the pseudonym only: the trail never knows who it is.
thing(
    PATIENT, _("Patient"), retention="traceability",
    labels=labels_of(Patient, "pseudonym"), find=found_by(Patient, "pseudonym"),
)  # fmt: skip
thing(REGISTER, _("Register of identity"), retention="traceability")

words({
    "patient.entered": _("Patient entered"),
    "identity.recorded": _("Identity recorded"),
    "identity.shown": _("Identity looked at"),
    "patient.erased": _("Identity erased"),
    "coi-register.opened": _("Register of identity opened"),
    "coi.issued": _("Chain of identity issued"),
    "order.entered": _("Order entered"),
    "order.centre_set": _("Treatment centre of an order set"),
    "order.cancelled": _("Order cancelled"),
    "order.in_manufacture": _("Order in manufacture"),
    "order.released": _("Product of the order released"),
    "order.closed": _("Order closed"),
    "order.doubt_cleared": _("Doubt about an order cleared"),
    "collection.announced": _("Collection announced"),
    "collection.received": _("Collection received"),
    "collection.set_apart": _("Collection set apart"),
})  # fmt: skip
