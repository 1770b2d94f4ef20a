"""Entry kinds of lots, containers and labels."""

from typing import Literal
from uuid import UUID

from records.entries import Fields, Instant, Payload, Quantity, entry, upcast

LOT = "lot"
CONTAINER = "container"


@entry("lot.received", version=1, stream=LOT)
class LotReceived(Payload):
    """A delivery came in; it waits in quarantine for the quality unit."""

    code: str
    material: str
    supplier: str
    supplier_lot: str
    expires_at: Instant
    quantity: Quantity
    unit: str
    location: str


@entry("lot.released", version=1, stream=LOT)
class LotReleased(Payload):
    """The quality unit released the lot for use; ``basis`` names certificate or test."""

    basis: str


@entry("lot.rejected", version=1, stream=LOT)
class LotWasRejected(Payload):
    reason: str


@entry("lot.quarantined", version=1, stream=LOT)
class LotQuarantined(Payload):
    reason: str


@entry("lot.consumed", version=1, stream=LOT)
class LotConsumed(Payload):
    """A step took ``quantity``. ``use`` is the id of the row in the lot's list of uses."""

    use: UUID
    quantity: Quantity
    batch: UUID
    step: str


@entry("container.made", version=1, stream=CONTAINER)
class ContainerMade1(Payload):
    """A container was made here, as it was said before containers had clocks of their own."""

    label: str
    holds: str
    coi: str
    mark: str
    din: str
    batch: UUID | None
    volume: Quantity | None
    unit: str
    location: str
    sources: tuple[UUID, ...]


@upcast("container.made", version=1)
def _without_clocks(fields: Fields) -> Fields:
    return {**fields, "clocks": {}}


@entry("container.made", version=2, stream=CONTAINER)
class ContainerMade(Payload):
    """A container was made here. ``sources`` are the containers that it was filled from.

    ``clocks`` came with them: since when each runs, by name; of several sources the earliest.
    """

    label: str
    holds: str
    coi: str
    mark: str
    din: str
    batch: UUID | None
    volume: Quantity | None
    unit: str
    location: str
    sources: tuple[UUID, ...]
    clocks: dict[str, Instant]


@entry("container.filled", version=1, stream=CONTAINER)
class ContainerFilled(Payload):
    """``quantity`` came into a container that was there; ``now`` is what it holds, if known."""

    batch: UUID
    step: str
    quantity: Quantity
    unit: str
    now: Quantity | None
    sources: tuple[UUID, ...]
    clocks: dict[str, Instant]


@entry("container.drawn", version=1, stream=CONTAINER)
class ContainerDrawn(Payload):
    """``quantity`` went out of a container; ``left`` is what it still holds, if known."""

    batch: UUID
    step: str
    quantity: Quantity
    unit: str
    left: Quantity | None


@entry("container.clock_started", version=1, stream=CONTAINER)
class ContainerClockStarted(Payload):
    """A clock of the container's own began to run, such as since its thawing."""

    clock: str
    batch: UUID
    step: str


@entry("container.received", version=1, stream=CONTAINER)
class ContainerReceived(Payload):
    """A container came from outside. With a ``doubt`` it stands in quarantine at once."""

    label: str
    holds: str
    coi: str
    mark: str
    din: str
    volume: Quantity | None
    unit: str
    location: str
    doubt: str


@entry("container.moved", version=1, stream=CONTAINER)
class ContainerMoved(Payload):
    location: str


@entry("container.stored", version=1, stream=CONTAINER)
class ContainerStored(Payload):
    location: str


@entry("container.consumed", version=1, stream=CONTAINER)
class ContainerConsumed(Payload):
    """Its content went into a step of a batch, or was destroyed (no batch, a reason)."""

    batch: UUID | None
    step: str


@entry("container.released", version=1, stream=CONTAINER)
class ContainerReleased(Payload):
    """Quality released it: a product after disposition, a collection out of quarantine."""

    basis: str


@entry("container.quarantined", version=1, stream=CONTAINER)
class ContainerQuarantined(Payload):
    reason: str


@entry("container.voided", version=1, stream=CONTAINER)
class ContainerVoided(Payload):
    """The container was labelled and never filled, or its label must not be used again."""

    reason: str


@entry("label.issued", version=1, stream=CONTAINER)
class LabelIssued(Payload):
    """One label of the container was printed; ``code`` is what its square code says."""

    label: UUID
    code: str
    serial: int
    batch: UUID | None
    reason: str


@entry("label.applied", version=1, stream=CONTAINER)
class LabelApplied(Payload):
    """The label stands on the container and was read back."""

    label: UUID


@entry("label.voided", version=1, stream=CONTAINER)
class LabelVoided(Payload):
    """What else became of a printed label, so that all of them are accounted for."""

    label: UUID
    outcome: Literal["replaced", "specimen", "spoiled", "destroyed", "returned"]
    reason: str
