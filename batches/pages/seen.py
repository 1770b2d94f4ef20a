"""A batch as its tablet pages look at it: read once, behind one snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils.translation import get_language

from batches import selectors
from batches.enums import OperationState, StepState
from batches.models import Batch, Operation, Step
from equipment.enums import ClaimState, ResourceKind
from equipment.models import Claim
from equipment.selectors import claims_of
from mes.lib import clock
from orders.selectors import moments
from recipes.document import Placed, Recipe
from recipes.judging import Facts
from records.commands import Actor
from records.models import Stream


def language() -> str:
    """Return the reader's language, as recipes name it."""
    return (get_language() or "en").split("-", maxsplit=1)[0]


def short(name: str) -> str:
    """Return a name as headers show it: ``K. Adeyemi``."""
    first, _space, rest = name.partition(" ")
    return f"{first[0]}. {rest}" if rest else name


def seq_of(stream: UUID) -> int:
    """Return the number of a stream's last entry: one indexed read."""
    return Stream.objects.filter(id=stream).values_list("seq", flat=True).first() or 0


@dataclass(frozen=True)
class Seen:
    """One batch with its rows. ``actor`` is who looks."""

    batch: Batch
    recipe: Recipe
    steps: Sequence[Step]
    operations: Sequence[Operation]
    claims: Sequence[Claim]
    seq: int
    now: datetime
    actor: Actor

    @cached_property
    def due(self) -> Step | None:
        """The step that is due; None when all are closed."""
        return next((row for row in self.steps if row.position == self.batch.position), None)

    @cached_property
    def placed(self) -> Placed | None:
        """The due step in its document."""
        return self.recipe.by_path[self.due.path] if self.due else None

    @cached_property
    def by_operation(self) -> dict[str, Operation]:
        """The operations by their path."""
        return {row.path: row for row in self.operations}

    @property
    def operation(self) -> Operation | None:
        """The operation of the due step."""
        return self.by_operation[self.due.operation] if self.due else None

    @property
    def to_attest(self) -> list[Operation]:
        """Operations whose steps wait for their performer's signature."""
        return [row for row in self.operations if row.state == OperationState.TO_BE_ATTESTED]

    def steps_of(self, operation: str) -> list[Step]:
        """Return the steps of an operation, in order."""
        return [row for row in self.steps if row.operation == operation]

    def title_of(self, operation: str) -> str:
        """Return what an operation is called, in the reader's language."""
        first = self.steps_of(operation)[0]
        return self.recipe.by_path[first.path].operation.title.say(language())

    def text_of(self, row: Step) -> str:
        """Return a step's instruction in the reader's language."""
        return self.recipe.by_path[row.path].step.text.say(language())

    @cached_property
    def place(self) -> str:
        """Where the batch is: what its claim on a place says, the occupied one first."""
        places = [c for c in self.claims if c.resource_kind == ResourceKind.PLACE]
        stage = self.due.stage if self.due else ""
        here = [c for c in places if any(s["key"] == stage for s in c.stages)] or places
        here.sort(key=lambda c: (c.state != ClaimState.OCCUPIED, c.during.lower))
        return here[0].resource_label if here else ""

    @cached_property
    def timing(self) -> Facts:
        """Facts for clocks: when steps were closed, and the parameters."""
        closed = {row.path: row.closed_at for row in self.steps if row.closed_at}
        return Facts(
            at=self.now,
            path=self.due.path if self.due else "",
            started_at=self.batch.due_since,
            closed=closed,
            parameters=self.recipe.parameter_values,
        )

    @cached_property
    def moments(self) -> dict[str, datetime]:
        """The moments of the order that limits of time start from."""
        return dict(moments(self.batch.order))

    @cached_property
    def facts(self) -> Facts:
        """All that the judgement of the due step may know."""
        if self.placed is None:
            return self.timing
        return selectors.facts_of(self.batch, self.placed, at=self.now)

    def unverified(self) -> bool:
        """Say whether the due step was performed and waits for a second person."""
        return self.due is not None and self.due.state == StepState.TO_BE_VERIFIED


def look(batch: UUID, actor: Actor, *, every_claim: bool = False) -> Seen:
    """Read a batch for a page. Raises NotFound, for another site's as well.

    ``every_claim`` brings those that have ended, too.
    """
    claims = Claim.objects.of(batch).order_by("stream") if every_claim else claims_of(batch)
    seen = selectors.batch_of(batch)
    return Seen(
        batch=seen,
        recipe=selectors.recipe_of(seen),
        steps=list(Step.objects.filter(stream=batch)),
        operations=list(Operation.objects.filter(stream=batch)),
        claims=list(claims),
        seq=seq_of(batch),
        now=clock.now(),
        actor=actor,
    )
