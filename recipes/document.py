"""The document of a recipe: one immutable, typed description of how a product is made.

ISA-88 procedure → unit procedure (stage) → operation → phase (step). A document says all
that the engine, the planner and the reviewer need; what it leaves out they do not know.
Its hash covers everything in it, all languages included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from mes.lib import evidence
from recipes import paths
from recipes.enums import Modality, Openness, ReleaseStage, ValueType
from recipes.kinds import AnyStep
from recipes.likely import Likely
from recipes.parts import (
    Chance,
    Choice,
    ClassName,
    Code,
    Condition,
    Duration,
    Durations,
    Expression,
    Interlock,
    Key,
    Limits,
    Limits2,
    Misplaced,
    Name,
    Number,
    Part,
    Reference,
    Sha256,
    Span,
    Text,
    TimeLimit,
    UnitCode,
    Whole,
    Words,
)
from recipes.step import StepBase, Written, band_written
from recipes.units import time_of


class Input(Part):
    """What an order must bring: a number with unit and bounds."""

    name: Name
    title: Text | None = None
    unit: UnitCode
    low: Number
    high: Number
    likely: Likely | None = None


class Parameter(Part):
    """A value that a site sets in its own version of the recipe, within its bounds."""

    key: Name
    title: Text
    unit: UnitCode
    default: Number
    low: Number | None = None
    high: Number | None = None
    source: Words | None = None


class MaterialLine(Part):
    """A line of the bill of materials."""

    material: Code
    title: Text
    quantity: Expression | None = None
    unit: UnitCode


class EquipmentLine(Part):
    """A line of the bill of equipment."""

    class_: ClassName = Field(alias="class")
    title: Text
    capability: tuple[Key, ...] = ()


class Test(Part):
    """What the laboratory finds out from a sample; limits here are those of an IPC."""

    key: Key
    title: Text
    method: Words | None = None
    value: Literal[ValueType.DECIMAL, ValueType.TEXT] = ValueType.DECIMAL
    unit: UnitCode | None = None
    options: tuple[Choice, ...] = ()
    limits: Limits | None = None
    turn_round: Duration
    likely: Likely | None = None


class SpecificationItem(Part):
    """One criterion of release: a number within bounds, or one of the accepted answers.

    ``limits`` are inclusive; ``above`` and ``below`` are not.
    """

    key: Key
    title: Text
    test: Key
    limits: Limits2 | None = None
    above: Expression | None = None
    below: Expression | None = None
    accepts: tuple[Key, ...] = ()
    needed: ReleaseStage = ReleaseStage.RELEASE

    def written(self, unit: str | None) -> tuple[Written, ...]:
        """Return the formulas of its bounds, which are in the unit of its test."""
        strict = (("above", self.above), ("below", self.below))
        own = (Written(bound, name, unit) for name, bound in strict if bound is not None)
        return (*band_written(self.limits, "limits", unit=unit), *own)


class ShelfLife(Part):
    """How long the product keeps, from the end of a step of its making: its expiry follows."""

    from_: Reference = Field(alias="from")
    max: Span


class RoomNeed(Part):
    """The room of a stage; a place in it may be held until a later stage has ended."""

    class_: ClassName = Field(alias="class")
    hold_until: Key | None = None


class EquipmentNeed(Part):
    """A unit that a stage claims, under the name its steps use, perhaps for longer."""

    class_: ClassName = Field(alias="class")
    as_: Key = Field(alias="as")
    hold_until: Key | None = None


class Within(TimeLimit):
    """The most time, perhaps the least, from a moment to the stage's start."""

    max: Span


class Lag(Part):
    """The least and the most time between the end of the stage before and the start."""

    min: Duration | None = None
    max: Duration | None = None


class Staff(Part):
    """People whom a stage needs."""

    role: Key
    count: Annotated[Whole, Field(ge=1, le=20)] = 1
    qualification: Code | None = None


class Repeat(Part):
    """Do it again until the condition holds, ``max`` times at most, the first included.

    ``first`` and ``last`` bound a group of steps of the operation; without them all of it is
    repeated, and each time has its own performer and attestation. Not coming to its condition is
    an exception, and the batch goes on.
    """

    until: Condition
    max: Annotated[Whole, Field(ge=1, le=200)]
    first: Key | None = None
    last: Key | None = None

    @model_validator(mode="after")
    def _a_group_has_two_ends(self) -> Repeat:
        if (self.first is None) != (self.last is None):
            alone = "first" if self.last is None else "last"
            raise Misplaced(_("a group of steps has a first and a last step"), alone)
        return self


# What an operation has because of where it stands; another recipe sets its own.
OF_ITS_PLACE = frozenset({"after", "when", "chance", "contingencies", "pinned"})


class Pin(Part):
    """The version of an operation in the library that was taken, by number and content."""

    operation: Code
    version: Annotated[Whole, Field(ge=1)]
    hash: Sha256


class Operation(Part):
    """A screen's heading: steps that belong together, with one openness.

    It begins when what stands before it in its stage is over, or when the operations named in
    ``after`` are: none of them (``[]``) means with the stage. Operations that do so beside each
    other are parallel branches. ``when`` makes it a branch that is done or skipped as a whole.
    ``staff`` is who is needed and qualified for it, in place of the stage's.

    ``chance`` and ``takes`` are a contingency's: how often an operation that offers it calls it,
    and how long it takes. The rehearsal asks for them.
    """

    key: Key
    title: Text
    openness: Openness
    after: tuple[Key, ...] | None = None
    when: Condition | None = None
    repeat: Repeat | None = None
    staff: tuple[Staff, ...] = ()
    contingencies: tuple[Key, ...] = ()
    chance: Chance | None = None
    takes: Durations | None = None
    pinned: Pin | None = None
    steps: Annotated[tuple[AnyStep, ...], Field(min_length=1)]

    @cached_property
    def looped(self) -> range:
        """The numbers of the steps that are repeated together: a group, all of them, or none."""
        if self.repeat is None:
            return range(0)
        keys = [step.key for step in self.steps]
        if self.repeat.first not in keys or self.repeat.last not in keys:
            return range(len(keys))
        return range(keys.index(self.repeat.first), keys.index(self.repeat.last) + 1)

    def reusable(self) -> dict[str, Any]:
        """Return what the library keeps of it: all but its place in a recipe, as plain JSON."""
        data = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {name: value for name, value in data.items() if name not in OF_ITS_PLACE}


class Stage(Part):
    """What is scheduled: one place, its equipment and people, for a time.

    ``after`` and ``when`` are as those of an operation, among the stages.
    """

    key: Key
    title: Text
    room: RoomNeed | None = None
    equipment: tuple[EquipmentNeed, ...] = ()
    duration: Durations
    after: tuple[Key, ...] | None = None
    when: Condition | None = None
    within: tuple[Within, ...] = ()
    staff: tuple[Staff, ...] = ()
    cleaning: Duration | None = None
    lag: Lag | None = None
    safe_state: Text | None = None
    operations: Annotated[tuple[Operation, ...], Field(min_length=1)]

    @property
    def open(self) -> bool:
        """A stage is open if one of its operations is."""
        return any(operation.openness == Openness.OPEN for operation in self.operations)


@dataclass(frozen=True, slots=True)
class Placed:
    """A step where it stands. A contingency's has no position of its own: 0."""

    path: str
    position: int
    stage: Stage
    operation: Operation
    step: StepBase


@dataclass(frozen=True, slots=True)
class Need:
    """A claim that a batch makes: from the start of one stage to the end of another.

    ``alias`` is the equipment's name in the steps, None for the place itself. A place is
    exclusive with all of its room when ``open``.
    """

    resource: Literal["place", "unit"]
    class_: str
    alias: str | None
    first: str
    last: str
    open: bool


class Recipe(Part):
    """A whole recipe, from the receipt of the cells to the store.

    ``absolute`` names the interlocks that QA cannot concede anywhere in it.
    ``process_type`` names the process that an aseptic process simulation stands for; without it
    the recipe is a process of its own. ``trained_from`` is the oldest version on which people
    may have been trained; without it they are trained on this one.
    """

    recipe: Code
    title: Text
    modality: Modality
    process_type: Code | None = None
    trained_from: Annotated[Whole, Field(ge=1)] | None = None
    inputs: tuple[Input, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    bill_of_materials: tuple[MaterialLine, ...] = ()
    bill_of_equipment: tuple[EquipmentLine, ...] = ()
    tests: tuple[Test, ...] = ()
    specification: tuple[SpecificationItem, ...] = ()
    shelf_life: ShelfLife | None = None
    absolute: tuple[Interlock, ...] = ()
    contingencies: tuple[Operation, ...] = ()
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]

    def steps(self) -> Iterator[Placed]:
        """Yield each step with its path ``stage/operation/step``, in the order of work."""
        yield from self._placed

    @cached_property
    def _placed(self) -> tuple[Placed, ...]:
        found = (
            (f"{stage.key}/{operation.key}/{step.key}", stage, operation, step)
            for stage in self.stages
            for operation in stage.operations
            for step in operation.steps
        )
        return tuple(Placed(row[0], number, *row[1:]) for number, row in enumerate(found, 1))

    @cached_property
    def by_path(self) -> dict[str, Placed]:
        """The steps by their path, those of a contingency in each stage that offers it."""
        called = {placed.path: placed for placed in self._called}
        return called | {placed.path: placed for placed in self._placed}

    @property
    def _called(self) -> Iterator[Placed]:
        for stage in self.stages:
            for operation in self.offered_in(stage):
                for step in operation.steps:
                    path = f"{stage.key}/{operation.key}/{step.key}"
                    yield Placed(path, 0, stage, operation, step)

    def offered_in(self, stage: Stage) -> tuple[Operation, ...]:
        """Return the contingencies that the operations of a stage offer, in their order."""
        names = {name for operation in stage.operations for name in operation.contingencies}
        return tuple(operation for operation in self.contingencies if operation.key in names)

    def placed(self, ref: str) -> Placed | None:
        """Return the step that a path means, with or without an iteration (``a/b/c#2``)."""
        return self.by_path.get(paths.split(ref)[0])

    @cached_property
    def followers(self) -> dict[str, str]:
        """The path of the step behind each that it follows whatever was done: nothing is asked
        there, and its operation is not repeated.
        """
        return {
            f"{path}/{step.key}": f"{path}/{behind.key}"
            for path, operation in self._operations.items() if operation.repeat is None
            for step, behind in pairwise(operation.steps) if behind.condition is None
        }  # fmt: skip

    def operation(self, ref: str) -> Operation | None:
        """Return the operation that ``stage/operation`` means, with or without an iteration."""
        return self._operations.get(paths.split(ref)[0])

    def names(self, part: str) -> bool:
        """Whether a stage, operation or step stands here, by its key, path or ref."""
        found = (self.stage_by_key.get, self.operation, self.placed)[part.count("/")](part)
        return found is not None

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return {
            f"{stage.key}/{operation.key}": operation
            for stage in self.stages
            for operation in (*self.offered_in(stage), *stage.operations)
        }

    @property
    def length(self) -> int:
        """How many steps there are, without those of contingencies, each counted once."""
        return len(self._placed)

    @cached_property
    def stage_by_key(self) -> dict[str, Stage]:
        """The stages by their key, in order."""
        return {stage.key: stage for stage in self.stages}

    @cached_property
    def test_by_key(self) -> dict[str, Test]:
        """The tests by their key."""
        return {test.key: test for test in self.tests}

    @cached_property
    def parameter_values(self) -> dict[str, tuple[str, str]]:
        """The parameters as facts: value and unit by key."""
        return {p.key: (format(p.default, "f"), p.unit) for p in self.parameters}

    def time_of(self, span: timedelta | str) -> timedelta:
        """Return a time, be it written out or the value of a parameter."""
        if isinstance(span, timedelta):
            return span
        value, unit = self.parameter_values[span.removeprefix("parameters.")]
        return time_of(Decimal(value), unit)

    def meaning(self, name: str, *, at: str) -> Placed | None:
        """Return the step that a reference means, read from the step with path ``at``."""
        return paths.find(name, at=at, among=self._normal)

    @cached_property
    def _normal(self) -> dict[str, Placed]:
        return {paths.normal(path): placed for path, placed in self.by_path.items()}

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What a batch must claim, in the order in which it is first needed."""
        return tuple(need for stage in self.stages for need in self._needs_of(stage))

    def _needs_of(self, stage: Stage) -> Iterator[Need]:
        if stage.room is not None:
            last = stage.room.hold_until or stage.key
            is_open = any(self._open[number] for number in self._held(stage.key, last))
            yield Need("place", stage.room.class_, None, stage.key, last, is_open)
        for unit in stage.equipment:
            last = unit.hold_until or stage.key
            yield Need("unit", unit.class_, unit.as_, stage.key, last, False)

    def held(self, first: str, last: str) -> tuple[Stage, ...]:
        """Return the stages from ``first`` to ``last``, both included."""
        span = self._held(first, last)
        return self.stages[span.start : span.stop]

    def _held(self, first: str, last: str) -> range:
        begin, end = self._numbers.get(first), self._numbers.get(last)
        return range(0) if begin is None or end is None else range(begin, end + 1)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The number of each stage; of two with one key the first counts."""
        pairs = [(stage.key, number) for number, stage in enumerate(self.stages)]
        return dict(reversed(pairs))

    @cached_property
    def _open(self) -> tuple[bool, ...]:
        return tuple(stage.open for stage in self.stages)

    def needs_at(self, stage: str) -> tuple[Need, ...]:
        """Return what a batch holds during a stage, claimed by it or by a stage before."""
        number = self._numbers.get(stage)
        return tuple(need for need in self.needs if number in self._held(need.first, need.last))

    def dump(self) -> dict[str, Any]:
        """Return the document as plain JSON; fields left at their default are left out.

        So a later version of the schema with a new optional field gives the same hash.
        """
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @cached_property
    def canonical(self) -> bytes:
        """The canonical bytes (RFC 8785) that are stored."""
        return evidence.canonical(self.dump())

    @cached_property
    def content_hash(self) -> str:
        """The hexadecimal hash that signatures are bound to."""
        return evidence.content_hash(self.dump())
