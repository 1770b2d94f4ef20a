"""A batch as its tablet pages look at it: read once, behind one snapshot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from batches import selectors
from batches.enums import OperationState, StepState
from batches.models import Batch, Operation, Step
from batches.timing import Times, times_of
from equipment.enums import ClaimState, ResourceKind
from equipment.models import Alarm, Claim
from equipment.selectors import alarms_around, claims_of
from mes.lib import clock
from orders.selectors import moments
from recipes import flow, paths
from recipes.document import Placed, Recipe
from recipes.judging import Facts
from recipes.step import StepBase
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
    branch: str = ""

    @cached_property
    def all_due(self) -> list[Step]:
        """The steps that can be done now: several, where branches run beside each other."""
        return [row for row in self.steps if row.is_live and not row.waits_for]

    @cached_property
    def due(self) -> Step | None:
        """The due step of the branch that was chosen, else the first; None when none is due."""
        chosen = [row for row in self.all_due if _same(row.operation, self.branch)]
        return next(iter(chosen or self.all_due), None)

    @property
    def must_choose(self) -> bool:
        """Whether several steps are due and nobody has said which branch is worked on."""
        chosen = any(_same(row.operation, self.branch) for row in self.all_due)
        return len(self.all_due) > 1 and not chosen

    @property
    def tail(self) -> str:
        """What addresses of this batch end with, so that they stay in the chosen branch."""
        if self.due is None or (len(self.all_due) < 2 and not self.branch):
            return ""
        return "?" + urlencode({"in": paths.split(self.due.operation)[0]})

    def url(self, name: str) -> str:
        """Return the address of a page of this batch, in the chosen branch."""
        return reverse(f"batches:{name}", args=[self.batch.id]) + self.tail

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
        """Return the steps of an operation as they are done: round by round in a loop."""
        rows = [row for row in self.steps if row.operation == operation]
        definition = self.recipe.operation(operation)
        return sorted(rows, key=lambda row: flow.order_in(definition, row.path, row.iteration))

    def document_with(self, part: str) -> Recipe:
        """Return the document in which a part stands, by its ref; see the selector."""
        if self.recipe.names(part):
            return self.recipe
        return selectors.document_with(self.batch, part)

    def title_of(self, operation: str) -> str:
        """Return what an operation is called, in the reader's language, and which time it is."""
        return title_of(self.document_with(operation), operation)

    def stage_title(self, key: str) -> str:
        """Return what a stage is called, in the reader's language."""
        return self.document_with(key).stage_by_key[key].title.say(language())

    def step_of(self, row: Step) -> StepBase:
        """Return what a step is in its document."""
        return self.document_with(row.path).by_path[row.path].step

    def text_of(self, row: Step) -> str:
        """Return a step's instruction in the reader's language."""
        return self.step_of(row).text.say(language())

    @cached_property
    def alarms(self) -> list[Alarm]:
        """The alarms that are not over, of what the batch holds now and of the rooms there."""
        held = [c.stream for c in self.claims if c.state == ClaimState.OCCUPIED]
        return list(alarms_around(held).standing()) if held else []

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
        closed = {row.path: row.done_at for row in self.steps if row.closed_at and row.done_at}
        return Facts(
            at=self.now,
            path=self.due.path if self.due else "",
            started_at=(self.due.due_since if self.due else None) or self.batch.due_since,
            closed=closed,
            parameters=self.recipe.parameter_values,
        )

    @cached_property
    def times(self) -> Times:
        """What limits of time count from. Asked for only where a recipe has such limits."""
        return times_of(self.batch, self.recipe, by=self.now)

    @cached_property
    def known(self) -> selectors.Known:
        """What the batch has found out until now."""
        return selectors.known_of(self.batch.id, by=self.now)

    def timing_of(self, row: Step) -> Facts:
        """Return facts for the limits of time of one time of a step."""
        return Facts(
            at=self.now, path=row.path, iteration=row.iteration,
            parameters=self.recipe.parameter_values,
        )  # fmt: skip

    def begun(self, stage: str) -> bool:
        """Whether a step of a stage was done or skipped."""
        return any(
            row.stage == stage and row.state != StepState.WAITING for row in self.steps
        )  # fmt: skip

    @cached_property
    def moments(self) -> dict[str, datetime]:
        """The moments of the order that limits of time start from."""
        return dict(moments(self.batch.order))

    @cached_property
    def facts(self) -> Facts:
        """All that the judgement of the due step may know."""
        if self.placed is None:
            return self.timing
        return selectors.facts_of(self.batch, self.placed, at=self.now, row=self.due)

    def unverified(self) -> bool:
        """Say whether the due step was performed and waits for a second person."""
        return self.due is not None and self.due.state == StepState.TO_BE_VERIFIED


def title_of(recipe: Recipe, operation: str) -> str:
    """Return what an operation is called, by its ref; from the second time on with its number."""
    found, (path, time) = recipe.operation(operation), paths.split(operation)
    title = found.title.say(language()) if found else path
    return title if time == 1 else _("%(title)s, time %(n)s") % {"title": title, "n": time}


def _same(operation: str, branch: str) -> bool:
    return bool(branch) and paths.split(operation)[0] == paths.split(branch)[0]


def in_order(recipe: Recipe, rows: Iterable[Operation]) -> list[Operation]:
    """Return operations as they are done; each time of one, and what it called, behind it."""
    known = [
        f"{stage.key}/{one.key}" for stage in recipe.stages for one in stage.operations
    ]  # fmt: skip
    numbers = {path: number for number, path in enumerate(known)}

    def place(row: Operation) -> tuple[int, int, int]:
        own, caller = paths.split(row.path), paths.split(row.called_from or row.path)
        called = bool(row.called_from)
        time = caller[1] if called else own[1]
        return numbers.get(caller[0], len(known)), time, row.number if called else 0

    return sorted(rows, key=place)


def look(batch: UUID, actor: Actor, *, every_claim: bool = False, branch: str = "") -> Seen:
    """Read a batch for a page. Raises NotFound, for another site's as well.

    ``every_claim`` brings those that have ended, too; ``branch`` is the path of the operation that
    is worked on, where several are due.
    """
    claims = Claim.objects.of(batch).order_by("stream") if every_claim else claims_of(batch)
    seen = selectors.batch_of(batch)
    recipe = selectors.recipe_of(seen)
    return Seen(
        batch=seen,
        recipe=recipe,
        steps=list(Step.objects.filter(stream=batch)),
        operations=in_order(recipe, Operation.objects.filter(stream=batch)),
        claims=list(claims),
        seq=seq_of(batch),
        now=clock.now(),
        actor=actor,
        branch=branch,
    )
