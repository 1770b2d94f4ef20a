from datetime import datetime

from django.db import models
from django.db.models import F, Q

from materials.enums import LotStatus
from materials.numbers import plain
from records.models import Projection


class LotSet(models.QuerySet["Lot"]):
    """Lots by what one asks of them."""

    def of(self, material: str) -> "LotSet":
        """Lots of a material's code."""
        return self.filter(material=material)

    def usable(self, *, at: datetime) -> "LotSet":
        """Released, not expired at ``at``, something left."""
        return self.filter(status=LotStatus.RELEASED, expires_at__gt=at, quantity_left__gt=0)

    def fefo(self) -> "LotSet":
        """First expiry first; of equal ones the lot that came first."""
        return self.order_by("expires_at", "id")


class Lot(Projection):
    """A lot of a material at a site, folded from its own stream. ``id`` is its stream."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    material = models.CharField(max_length=40)
    supplier = models.CharField(max_length=160)
    supplier_lot = models.CharField(max_length=60)
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=LotStatus)
    reason = models.TextField()
    quantity_received = models.DecimalField(max_digits=20, decimal_places=6)
    quantity_left = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=20)
    location = models.CharField(max_length=120)

    objects = LotSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="materials_lot_code"),
            models.CheckConstraint(
                condition=Q(status__in=LotStatus.values), name="materials_lot_status"
            ),
            models.CheckConstraint(
                condition=Q(quantity_left__gte=0), name="materials_lot_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(quantity_left__lte=F("quantity_received")),
                name="materials_lot_not_above_received",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "material", "expires_at"], name="materials_lot_fefo"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def left(self) -> str:
        """What is left, as written."""
        return plain(self.quantity_left)

    @property
    def received(self) -> str:
        """What was received, as written."""
        return plain(self.quantity_received)


class LotUse(Projection):
    """One taking from a lot by a step of a batch: where-used, both ways."""

    id = models.UUIDField(primary_key=True)
    lot = models.UUIDField()
    batch = models.UUIDField(db_index=True)
    step = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.lot} {self.step}"

    @property
    def taken(self) -> str:
        """What was taken, as written."""
        return plain(self.quantity)
