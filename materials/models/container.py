from django.db import models
from django.db.models import Q

from materials.enums import ContainerKind, ContainerStatus, LabelState
from materials.numbers import plain
from records.models import Projection


class ContainerSet(models.QuerySet["Container"]):
    """Containers by what one asks of them."""

    def of_patient(self, coi: str) -> "ContainerSet":
        """Containers of one chain of identity."""
        return self.filter(coi=coi)

    def present(self) -> "ContainerSet":
        """Neither used up nor void."""
        return self.exclude(status__in=ContainerStatus.gone)


class Container(Projection):
    """A bag, vial or flask with one patient's material. ``id`` is its stream.

    ``mark`` is the patient's mark, an aid for the eye; only label, ``coi`` and ``din``
    identify. ``label`` is unique at a site.
    """

    id = models.UUIDField(primary_key=True)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=ContainerKind)
    coi = models.CharField(max_length=15, db_index=True)
    mark = models.CharField(max_length=30)
    din = models.CharField(max_length=13, db_index=True)
    batch = models.UUIDField(null=True, db_index=True)
    volume = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=ContainerStatus)
    reason = models.TextField()
    location = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    objects = ContainerSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "label"], name="materials_container_label"),
            models.CheckConstraint(
                condition=Q(kind__in=ContainerKind.values), name="materials_container_kind"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ContainerStatus.values), name="materials_container_status"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def amount(self) -> str:
        """The volume as written, empty when nobody measured it."""
        return "" if self.volume is None else plain(self.volume)


class ContainerSource(Projection):
    """A container was filled from another: one step of the genealogy."""

    pk = models.CompositePrimaryKey("container", "source")
    container = models.UUIDField()
    source = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return f"{self.container} from {self.source}"


class ContainerClock(Projection):
    """Since when a clock of a container runs; it goes along with what is filled from it."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "name"], name="materials_clock_once"),
        ]

    def __str__(self) -> str:
        return self.name


class LabelPrint(Projection):
    """One printed label of a container, accounted for to its end (21 CFR 211.125)."""

    id = models.UUIDField(primary_key=True)
    container = models.UUIDField(db_index=True)
    code = models.CharField(max_length=70)
    serial = models.PositiveIntegerField()
    batch = models.UUIDField(null=True, db_index=True)
    state = models.CharField(max_length=12, choices=LabelState)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="materials_label_code"),
            models.CheckConstraint(
                condition=Q(state__in=LabelState.values), name="materials_label_state"
            ),
        ]

    def __str__(self) -> str:
        return self.code
