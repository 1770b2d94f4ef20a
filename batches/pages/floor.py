"""The batches on the floor: each with its due step, and where and from when it is at home."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Device
from batches import selectors
from batches.enums import ProcessState, StepState
from batches.models import Batch, Operation, Step
from batches.pages.seen import language, title_of
from equipment.enums import ClaimState, ResourceKind
from equipment.models import Claim
from equipment.selectors import resources_of_room
from recipes import paths
from recipes.document import Placed

# A planned stage may be opened this long before its booked hours.
SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Running:
    """A batch that is executed, with a due step and the claim of that step's stage.

    A batch with parallel branches is there once for each step that is due: ``beside``.
    """

    batch: Batch
    step: Step | None
    operation: Operation | None
    claim: Claim | None
    here: bool
    beside: bool = False

    @property
    def placed(self) -> Placed | None:
        """The due step in its document."""
        recipe = selectors.recipe_of(self.batch)
        return recipe.by_path[self.step.path] if self.step else None

    @property
    def place(self) -> str:
        """Where the due step is done."""
        return self.claim.resource_label if self.claim else ""

    @property
    def text(self) -> str:
        """The instruction of the due step."""
        placed = self.placed
        if placed is None:
            return _("All steps are done; operations are to be attested.")
        return placed.step.text.say(language())

    @property
    def where(self) -> str:
        """Operation and step, for a line below the instruction."""
        placed = self.placed
        if placed is None:
            return self.batch.number
        if self.step is None:
            return self.batch.number
        title = title_of(selectors.recipe_of(self.batch), self.step.operation)
        said = {"title": title, "n": self.step.position, "m": self.batch.steps}
        return _("%(title)s, step %(n)s of %(m)s") % said

    @property
    def url(self) -> str:
        """The page of the one next thing."""
        return self._address("work")

    def _address(self, name: str) -> str:
        address = reverse(f"batches:{name}", args=[self.batch.id])
        if not self.beside or self.step is None:
            return address
        return f"{address}?{urlencode({'in': paths.split(self.step.operation)[0]})}"

    @property
    def report_url(self) -> str:
        """Where one says that something happened at the due step."""
        return self._address("report")

    @property
    def to_verify(self) -> bool:
        """Whether the due step waits for a second person."""
        return self.step is not None and self.step.state == StepState.TO_BE_VERIFIED

    @property
    def blocked(self) -> bool:
        """Whether nobody can perform the step now."""
        return self.batch.process_state == ProcessState.HELD or self.to_verify

    def starts(self, now: datetime) -> datetime | None:
        """Return when the booked hours of a stage begin whose first step is due; else None."""
        placed = self.placed
        if placed is None or self.claim is None or not _begins(placed):
            return None
        spans = [span for span in self.claim.stages if span["key"] == placed.stage.key]
        start = datetime.fromisoformat(spans[0]["start"]) if spans else self.claim.start
        return start if start > now else None

    def is_due(self, now: datetime) -> bool:
        """Whether the step can be done here and now."""
        return self.step is not None and self.here and self.comes_within(SOON, now)

    @property
    def comes_here(self) -> bool:
        """Whether the due step is done at this tablet's place, whenever that is."""
        return self.here and self.step is not None

    def comes_within(self, ahead: timedelta, now: datetime) -> bool:
        """Whether the step is due, or its booked hours begin soon enough."""
        starts = self.starts(now)
        return self.step is not None and (starts is None or starts <= now + ahead)


def _begins(placed: Placed) -> bool:
    first = placed.stage.operations[0]
    return placed.path == f"{placed.stage.key}/{first.key}/{first.steps[0].key}"


def resources_at(device: Device | None) -> list[UUID] | None:
    """Return the places and units of a tablet's place or room; None when it has none."""
    if device is None or device.place is None:
        return None
    if device.place_kind == "room":
        return resources_of_room(device.place)
    return [device.place]


def running(device: Device | None, *, now: datetime) -> list[Running]:
    """Return the batches in execution: those at this tablet first, in the order of their time."""
    batches = list(Batch.objects.executing().order_by("due_since")[:200])
    claims, here = _claims(batches), resources_at(device)
    steps, operations = _due_steps(batches), _operations(batches)
    found = []
    for batch, step, beside in _each(batches, steps):
        claim = _claim_for(step, claims.get(batch.id, []))
        operation = operations.get((batch.id, step.operation)) if step else None
        at_home = here is None or (claim is not None and claim.stream in here)
        found.append(Running(batch, step, operation, claim, at_home, beside))
    return sorted(found, key=lambda one: (not one.here, one.starts(now) or one.batch.due_since))


def _each(
    batches: Sequence[Batch], steps: Mapping[UUID, Sequence[Step]]
) -> Iterator[tuple[Batch, Step | None, bool]]:
    for batch in batches:
        due: Sequence[Step | None] = steps.get(batch.id) or [None]
        for step in due:
            yield batch, step, len(due) > 1


def _claims(batches: Sequence[Batch]) -> dict[UUID, list[Claim]]:
    ids = [batch.id for batch in batches]
    rows = Claim.objects.filter(holder__in=ids, resource_kind=ResourceKind.PLACE).live()
    found: dict[UUID, list[Claim]] = {}
    for claim in rows.order_by("during"):
        found.setdefault(claim.holder, []).append(claim)
    return found


def _claim_for(step: Step | None, claims: Sequence[Claim]) -> Claim | None:
    """Return the claim on a place that covers the step's stage, the occupied one first."""
    if step is None:
        return None
    covering = [c for c in claims if any(span["key"] == step.stage for span in c.stages)]
    covering.sort(key=lambda claim: claim.state != ClaimState.OCCUPIED)
    return covering[0] if covering else None


def _due_steps(batches: Sequence[Batch]) -> dict[UUID, list[Step]]:
    ids = [batch.id for batch in batches]
    found: dict[UUID, list[Step]] = {}
    for row in Step.objects.live().filter(stream__in=ids, waits_for=""):
        found.setdefault(row.stream, []).append(row)
    return found


def _operations(batches: Sequence[Batch]) -> dict[tuple[UUID, str], Operation]:
    rows = Operation.objects.filter(stream__in=[batch.id for batch in batches])
    return {(row.stream, row.path): row for row in rows}
