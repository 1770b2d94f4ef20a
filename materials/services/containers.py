"""Containers: made, received, moved, stored, quarantined, released, consumed.

The functions that take an act run inside another app's act (a step, a receipt, a disposition):
the container's stream is among the act's locked or new ones.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from materials import rules, selectors
from materials.entries import (
    CONTAINER,
    ContainerClockStarted,
    ContainerConsumed,
    ContainerDrawn,
    ContainerFilled,
    ContainerMade,
    ContainerMoved,
    ContainerQuarantined,
    ContainerReceived,
    ContainerReleased,
    ContainerStored,
    ContainerVoided,
)
from materials.enums import ContainerKind, ContainerStatus
from materials.models import Container
from materials.validators import check_quantity, check_text
from mes.lib.ids import uuid7
from records.act import Act, New, act, acting
from records.commands import Command, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerDraft:
    """A container about to exist. ``volume`` is in ``unit`` (UCUM)."""

    label: str
    kind: ContainerKind
    coi: str
    mark: str = ""
    din: str = ""
    batch: UUID | None = None
    volume: Decimal | None = None
    unit: str = "mL"
    location: str = ""
    sources: tuple[UUID, ...] = ()
    id: UUID = field(default_factory=uuid7)

    def new(self, site: UUID | None) -> New:
        """Return the stream that the act must make for it."""
        return New(CONTAINER, self.id, site)


def make_container(a: Act, draft: ContainerDraft) -> None:
    """Make a container in a running act (``draft.new(site)`` among its new streams).

    Appends ``container.made``; its status is in use. Raises NotAQuantity, TextMissing, and at
    the table LabelTaken.
    """
    said = ContainerMade(
        label=check_text(draft.label, field="container", most=60),
        holds=draft.kind.value,
        coi=draft.coi,
        mark=draft.mark,
        din=draft.din,
        batch=draft.batch,
        volume=_volume(draft),
        unit=draft.unit,
        location=draft.location,
        sources=draft.sources,
        clocks=selectors.clocks_of(draft.sources),
    )
    a.append(draft.id, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pour:
    """A quantity that goes over in a batch's step, in ``unit`` (UCUM)."""

    batch: UUID
    step: str
    quantity: Decimal
    unit: str


def draw_from(a: Act, container: UUID, pour: Pour) -> None:
    """Take a quantity out of a locked container; appends ``container.drawn``.

    What is left is known where its volume is, in the same unit; never less than nothing.
    """
    seen = Container.objects.get(id=container)
    known = seen.volume if seen.unit == pour.unit else None
    left = max(known - pour.quantity, Decimal(0)) if known is not None else None
    said = ContainerDrawn(
        batch=pour.batch, step=pour.step, quantity=pour.quantity, unit=pour.unit, left=left
    )
    a.append(container, said)


def fill_into(a: Act, container: UUID, pour: Pour, *, sources: tuple[UUID, ...]) -> None:
    """Fill a quantity from locked ``sources`` into a container; appends ``container.filled``.

    Clocks of the sources go along; the earlier one counts.
    """
    seen = Container.objects.get(id=container)
    here = seen.volume or Decimal(0)
    now = here + pour.quantity if seen.unit == pour.unit or not here else None
    said = ContainerFilled(
        batch=pour.batch, step=pour.step, quantity=pour.quantity, unit=pour.unit, now=now,
        sources=sources, clocks=selectors.clocks_of((container, *sources)),
    )  # fmt: skip
    a.append(container, said)


def start_clock(a: Act, container: UUID, clock: str, *, batch: UUID, step: str) -> None:
    """Begin a clock of a locked container; appends ``container.clock_started``.

    One that runs already runs on: what was thawed once is not fresh again.
    """
    if clock not in selectors.clocks_of((container,)):
        a.append(container, ContainerClockStarted(clock=clock, batch=batch, step=step))


def receive_container(a: Act, draft: ContainerDraft, *, doubt: str = "") -> None:
    """Receive a container from outside in a running act; appends ``container.received``.

    Irreplaceable material is always received: with a ``doubt`` it stands in quarantine.
    Raises NotAQuantity, TextMissing, and at the table LabelTaken.
    """
    said = ContainerReceived(
        label=check_text(draft.label, field="container", most=60),
        holds=draft.kind.value,
        coi=draft.coi,
        mark=draft.mark,
        din=draft.din,
        volume=_volume(draft),
        unit=draft.unit,
        location=draft.location,
        doubt=doubt,
    )
    a.append(draft.id, said)


def move_container(a: Act, container: UUID, location: str) -> None:
    """Say where a container is now; appends ``container.moved``. Raises ContainerStatusRefused."""
    _present(container)
    a.append(container, ContainerMoved(location=check_text(location, field="location", most=120)))


def store_container(a: Act, container: UUID, location: str) -> None:
    """Put a container into a store; appends ``container.stored``.

    What is in quarantine or released stays so and is only moved.
    """
    seen = _present(container)
    place = check_text(location, field="location", most=120)
    if seen.status in {
        ContainerStatus.QUARANTINE,
        ContainerStatus.RELEASED,
        ContainerStatus.STORED,
    }:
        a.append(container, ContainerMoved(location=place))
        return
    rules.check_container_becomes(seen, ContainerStatus.STORED)
    a.append(container, ContainerStored(location=place))


def consume_container(a: Act, container: UUID, *, batch: UUID | None, step: str) -> None:
    """Use a container up for a batch's step; appends ``container.consumed``.

    Raises ContainerStatusRefused for one that is used up or void.
    """
    rules.check_container_becomes(_of(container), ContainerStatus.CONSUMED)
    a.append(container, ContainerConsumed(batch=batch, step=step))


def release_container(a: Act, container: UUID, *, basis: str) -> None:
    """Release a container in a running act of QA; appends ``container.released``.

    Raises ContainerStatusRefused.
    """
    rules.check_container_becomes(_of(container), ContainerStatus.RELEASED)
    a.append(container, ContainerReleased(basis=check_text(basis, field="basis", most=400)))


def quarantine_container(a: Act, container: UUID, *, reason: str) -> None:
    """Put a container into quarantine; appends ``container.quarantined``.

    Raises ContainerStatusRefused.
    """
    rules.check_container_becomes(_of(container), ContainerStatus.QUARANTINE)
    text = check_text(reason, field="reason", most=400)
    a.append(container, ContainerQuarantined(reason=text))


@acting
def void_container(*, command: Command, container: UUID, reason: str) -> Reply:
    """Void a container that was labelled and never filled; appends ``container.voided``.

    Raises ContainerStatusRefused, TextMissing.
    """
    with act(command, streams=[container]) as a:
        check_permission(a.actor, Permission.MATERIALS_MANAGE)
        rules.check_container_becomes(_of(container), ContainerStatus.VOID)
        a.append(container, ContainerVoided(reason=check_text(reason, field="reason", most=400)))
        a.reply = {"container": str(container)}
    return a.reply


def _volume(draft: ContainerDraft) -> Decimal | None:
    return None if draft.volume is None else check_quantity(draft.volume, field="volume")


def _of(container: UUID) -> Container:
    return Container.objects.get(id=container)


def _present(container: UUID) -> Container:
    seen = _of(container)
    if seen.status in ContainerStatus.gone:
        rules.check_container_becomes(seen, ContainerStatus.STORED)
    return seen
