from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from orders.enums import CollectionState, OrderState, Urgency
from records.models import Projection


class OrderSet(models.QuerySet["Order"]):
    """Orders by what one asks of them."""

    def live(self) -> "OrderSet":
        """Between request and infusion."""
        return self.filter(state__in=OrderState.live)


class Order(Projection):
    """One treatment of one patient, from request to infusion. ``id`` is its stream.

    ``coi`` is kept by all collections and batches of the order, remakes too. ``mark`` is an aid
    for the eye, unique among the site's live orders.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    product = models.CharField(max_length=60)
    patient = models.UUIDField(db_index=True)
    pseudonym = models.CharField(max_length=40)
    coi = models.CharField(max_length=15, unique=True)
    mark = models.CharField(max_length=30)
    collection_window = DateTimeRangeField()
    infusion_window = DateTimeRangeField()
    urgency = models.CharField(max_length=10, choices=Urgency)
    inputs = models.JSONField(default=dict)
    # The registered centre; NULL for an older order that bears a name only.
    centre = models.UUIDField(null=True, db_index=True)
    centre_name = models.CharField(max_length=120)
    contact = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=OrderState)
    reason = models.TextField()
    batch = models.UUIDField(null=True, db_index=True)
    batch_number = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)
    collected_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    manufacture_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # A bag of this order waits in quarantine, or came with doubtful identity.
    doubt = models.TextField()

    objects = OrderSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="orders_order_number"),
            models.UniqueConstraint(
                fields=["site", "mark"],
                condition=Q(state__in=sorted(OrderState.live)),
                name="orders_order_mark_among_live",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OrderState.values), name="orders_order_state"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=Urgency.values), name="orders_order_urgency"
            ),
        ]
        indexes = [models.Index(fields=["site", "state"], name="orders_order_site_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def collection_from(self) -> datetime:
        """When the collection is promised to begin, at the earliest."""
        return self.collection_window.lower  # type: ignore[no-any-return]

    @property
    def collection_until(self) -> datetime:
        """When the collection is promised to have ended."""
        return self.collection_window.upper  # type: ignore[no-any-return]

    @property
    def infusion_from(self) -> datetime:
        """When the product is promised to be at the bedside."""
        return self.infusion_window.lower  # type: ignore[no-any-return]

    @property
    def infusion_until(self) -> datetime:
        """When the promise has been broken."""
        return self.infusion_window.upper  # type: ignore[no-any-return]


class Collection(Projection):
    """One apheresis or other collection of an order, folded from the order's stream."""

    id = models.UUIDField(primary_key=True)
    # "order" is a word of SQL; the column is named for plain statements.
    order = models.UUIDField(db_index=True, db_column="order_id")
    din = models.CharField(max_length=13, db_index=True)
    bags = models.PositiveSmallIntegerField()
    bags_received = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Temperature promised for the transport, and what the logger says (Cel).
    promised_low = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    promised_high = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    logged_low = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    logged_high = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    logger = models.CharField(max_length=60)
    note = models.TextField()
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=160)
    state = models.CharField(max_length=12, choices=CollectionState)
    doubt = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "din"], condition=~Q(din=""), name="orders_collection_din"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CollectionState.values), name="orders_collection_state"
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by="")
                | (Q(received_at__isnull=False) & ~Q(received_by="")),
                name="orders_collection_received_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return self.din or str(self.id)
