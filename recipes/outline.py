"""A recipe laid out for its checks: every part with the path at which it stands in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from typing import Any

from recipes import formulas, paths
from recipes.document import Input, Operation, Parameter, Recipe, Stage, Test
from recipes.formulas import FormulaError
from recipes.gaps import Said, Value, said
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.order import Order
from recipes.parts import Text, TimeLimit
from recipes.site import Site
from recipes.step import StepBase, Use, Written, choices_at, likely_written, limits_written, way


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found: where in the text, and the sentence.

    ``said`` is the sentence without a language, of what an approval may leave open and keeps.
    """

    path: Path
    sentence: str
    severity: Weight = Weight.ERROR
    said: Said | None = None


def lacks(path: Path, code: str, /, *, severity: Weight = Weight.ERROR, **values: Value) -> Fault:
    """Return what a site has not: the fault with its code and values."""
    what = said(code, **values)
    return Fault(path, what.sentence, severity, what)


@dataclass(frozen=True, slots=True)
class StagePlace:
    """A stage, its number and its path."""

    path: Path
    number: int
    stage: Stage


@dataclass(frozen=True, slots=True)
class OperationPlace:
    """An operation and its path; ``stage`` is None for a contingency."""

    path: Path
    stage: StagePlace | None
    operation: Operation


@dataclass(frozen=True, slots=True)
class StepPlace:
    """A step, its path in the text and in the batch, and its number in the order of work."""

    path: Path
    name: str
    number: int
    operation: OperationPlace
    step: StepBase


@dataclass(frozen=True, slots=True)
class Claimed:
    """A unit that a stage claims: its class, and the number of the stage in which it ends."""

    first: StagePlace
    class_: str
    last: int


def field_of(step: StepBase, name: str) -> Any:
    """Return a field of a step, None where its kind has no such field (fast)."""
    return step.__dict__.get(name)


@dataclass(frozen=True)
class Outline:
    """A recipe's parts in order; steps of contingencies come last and have no place in it."""

    recipe: Recipe
    site: Site | None = None
    # What one check has worked out and others ask for as well, by what it is.
    shared: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def stages(self) -> tuple[StagePlace, ...]:
        """The stages."""
        return tuple(
            StagePlace(("stages", number), number, stage)
            for number, stage in enumerate(self.recipe.stages)
        )

    @cached_property
    def operations(self) -> tuple[OperationPlace, ...]:
        """The operations of all stages, then the contingencies."""
        own = (
            OperationPlace((*place.path, "operations", number), place, operation)
            for place in self.stages
            for number, operation in enumerate(place.stage.operations)
        )
        called = (
            OperationPlace(("contingencies", number), None, operation)
            for number, operation in enumerate(self.recipe.contingencies)
        )
        return (*own, *called)

    def callers(self, place: OperationPlace) -> tuple[OperationPlace, ...]:
        """Return the operations that offer a contingency."""
        return self._callers.get(place.operation.key, ())

    @cached_property
    def _callers(self) -> dict[str, tuple[OperationPlace, ...]]:
        found: dict[str, list[OperationPlace]] = {}
        for place in self.operations:
            for name in place.operation.contingencies:
                found.setdefault(name, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    @cached_property
    def all_steps(self) -> tuple[StepPlace, ...]:
        """The steps of all operations."""
        found = (
            ((*place.path, "steps", number), _name(place, step), place, step)
            for place in self.operations
            for number, step in enumerate(place.operation.steps)
        )
        return tuple(
            StepPlace(path, name, number, place, step)
            for number, (path, name, place, step) in enumerate(found)
        )

    @cached_property
    def formulas(self) -> tuple[tuple[StepPlace, tuple[Written, ...]], ...]:
        """The formulas of all steps: several checks go through them, and a step works them out."""
        return tuple((place, place.step.written()) for place in self.all_steps)

    def written(self, place: StepPlace) -> tuple[Written, ...]:
        """Return the formulas of a step."""
        return self.formulas[place.number][1]

    def outside(self) -> Iterator[tuple[Path, Written]]:
        """Yield the formulas that stand in no step, and the path of what each is written in."""
        recipe = self.recipe
        for number, given in enumerate(recipe.inputs):
            for one in likely_written(given.likely, unit=given.unit):
                yield ("inputs", number), one
        for number, line in enumerate(recipe.bill_of_materials):
            if line.quantity is not None:
                yield ("bill_of_materials", number), Written(line.quantity, "quantity", line.unit)
        for number, test in enumerate(recipe.tests):
            own = limits_written(test.limits, unit=test.unit)
            for one in (*own, *likely_written(test.likely, unit=test.unit)):
                yield ("tests", number), one
        for number, item in enumerate(recipe.specification):
            known = recipe.test_by_key.get(item.test)
            for one in item.written(known.unit if known else None):
                yield ("specification", number), one

    @cached_property
    def _uses(self) -> tuple[tuple[Use, ...], ...]:
        return tuple(place.step.uses() for place in self.all_steps)

    def uses(self, place: StepPlace) -> tuple[Use, ...]:
        """Return what a step refers to: several checks ask, and a step works it out."""
        return self._uses[place.number]

    @cached_property
    def steps(self) -> tuple[StepPlace, ...]:
        """The steps in the order of work, without contingencies."""
        return tuple(place for place in self.all_steps if place.operation.stage is not None)

    @cached_property
    def by_name(self) -> dict[str, StepPlace]:
        """All steps by their normal path."""
        return {paths.normal(place.name): place for place in self.all_steps}

    @cached_property
    def by_path(self) -> dict[Path, StepPlace]:
        """All steps by the path at which they stand in the text."""
        return {place.path: place for place in self.all_steps}

    def meant(self, name: str, place: StepPlace) -> StepPlace | None:
        """Return the step that a reference at ``place`` means."""
        return paths.find(name, at=place.name, among=self.by_name)

    @cached_property
    def _steps_of(self) -> dict[Path, tuple[StepPlace, ...]]:
        found: dict[Path, list[StepPlace]] = {}
        for place in self.all_steps:
            found.setdefault(place.operation.path, []).append(place)
        return {path: tuple(places) for path, places in found.items()}

    def steps_of(self, place: OperationPlace) -> tuple[StepPlace, ...]:
        """The steps of an operation."""
        return self._steps_of[place.path]

    def all_steps_of(self, place: StagePlace) -> Iterator[StepPlace]:
        """Yield the steps of a stage, operation by operation."""
        for operation in self.operations_of(place):
            yield from self.steps_of(operation)

    @cached_property
    def _operations_of(self) -> dict[Path, tuple[OperationPlace, ...]]:
        found: dict[Path, list[OperationPlace]] = {}
        for place in self.operations:
            if place.stage is not None:
                found.setdefault(place.stage.path, []).append(place)
        return {path: tuple(places) for path, places in found.items()}

    def operations_of(self, place: StagePlace) -> tuple[OperationPlace, ...]:
        """The operations of a stage."""
        return self._operations_of[place.path]

    @cached_property
    def stage_order(self) -> Order:
        """The order of the stages."""
        return Order(self.recipe.stages)

    @cached_property
    def _orders(self) -> dict[int, Order]:
        return {place.number: Order(place.stage.operations) for place in self.stages}

    @cached_property
    def in_line(self) -> bool:
        """Whether all that is done is done one after the other."""
        return self.stage_order.plain and all(order.plain for order in self._orders.values())

    def operation_order(self, number: int) -> Order:
        """The order of the operations of a stage."""
        return self._orders[number]

    @cached_property
    def _clocks(self) -> dict[str, tuple[StepPlace, ...]]:
        found: dict[str, list[StepPlace]] = {}
        for place in self.steps:
            if place.step.starts is not None:
                found.setdefault(place.step.starts, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    def clock(self, name: str) -> tuple[StepPlace, ...]:
        """Return the steps that start the clock which ``clock.name`` means, letter by letter."""
        first, _dot, key = name.partition(".")
        return self._clocks.get(key, ()) if first == "clock" else ()

    def time_limits(self) -> Iterator[tuple[Path, TimeLimit]]:
        """Yield every limit of time, of stages and of steps, and where it stands."""
        for stage in self.stages:
            for number, within in enumerate(stage.stage.within):
                yield (*stage.path, "within", number), within
        for step in self.all_steps:
            for number, limit in enumerate(step.step.within):
                yield (*step.path, "within", number), limit

    @cached_property
    def stage_numbers(self) -> dict[str, int]:
        """Each stage's number by its key."""
        return {place.stage.key: place.number for place in self.stages}

    @cached_property
    def sampled(self) -> dict[str, StepPlace]:
        """The first step that takes a sample for a test, by the test's key."""
        found: dict[str, StepPlace] = {}
        for place in self.steps:
            if place.step.kind == "sample":
                for use in self.uses(place):
                    found.setdefault(use.name, place)
        return found

    @cached_property
    def sampled_normally(self) -> dict[str, StepPlace]:
        """The same by the test's normal key."""
        return {paths.normal(test): place for test, place in self.sampled.items()}

    def last_of_hold(self, number: int, hold_until: str | None) -> int:
        """Return the number of the stage at whose end a hold that began at ``number`` ends.

        One that names no later stage is a fault of its own, and taken to last to the end.
        """
        last = number if hold_until is None else self.stage_numbers.get(hold_until, 0)
        return last if hold_until is None or last > number else len(self.stages) - 1

    @cached_property
    def claims(self) -> dict[str, list[Claimed]]:
        """What the stages claim, by the name that their steps use, in the order of the stages."""
        found: dict[str, list[Claimed]] = {}
        for place in self.stages:
            for unit in reversed(place.stage.equipment):  # of two with one name the first counts
                last = self.last_of_hold(place.number, unit.hold_until)
                claim = Claimed(place, unit.class_, last)
                found.setdefault(unit.as_, []).append(claim)
        return found

    def may_use(self, alias: str, number: int) -> bool:
        """Tell whether a stage may use what is called so: its own, or what is held into it."""
        return bool(self._using.get(alias, 0) >> number & 1)

    @cached_property
    def _using(self) -> dict[str, int]:
        """For each alias the mask of the stages that may use it."""
        return {
            name: reduce(or_, ((2 << one.last) - (1 << one.first.number) for one in claims))
            for name, claims in self.claims.items()
        }

    @cached_property
    def zones(self) -> tuple[StagePlace | None, ...]:
        """For each stage the one that claims the room in which it is done."""
        found: list[StagePlace | None] = []
        held: list[tuple[int, StagePlace]] = []
        for place in self.stages:
            while held and held[-1][0] < place.number:
                held.pop()  # given back before this stage, and so before all behind it
            room = place.stage.room
            if room is not None:
                found.append(place)
                held.append((self.last_of_hold(place.number, room.hold_until), place))
            else:
                found.append(held[-1][1] if held else None)
        return tuple(found)

    @cached_property
    def given_back(self) -> frozenset[str]:
        """The keys of the stages at whose end something that was claimed is given back."""
        return frozenset(need.last for need in self.recipe.needs)

    @cached_property
    def inputs(self) -> dict[str, Input]:
        """The inputs by their name; of two with one name the first counts."""
        return {given.name: given for given in reversed(self.recipe.inputs)}

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by their key; of two with one key the first counts."""
        return {parameter.key: parameter for parameter in reversed(self.recipe.parameters)}

    @cached_property
    def tests(self) -> dict[str, Test]:
        """The tests by their normal key; of two with one key the first counts."""
        return {paths.normal(test.key): test for test in reversed(self.recipe.tests)}

    @cached_property
    def gates(self) -> dict[str, list[StepPlace]]:
        """The gates that wait for each test, by its normal key."""
        found: dict[str, list[StepPlace]] = {}
        for place in self.steps:
            for use in self.uses(place) if place.step.kind == "gate" else ():
                found.setdefault(paths.normal(use.name), []).append(place)
        return found

    @cached_property
    def _defaults(self) -> dict[str, Decimal]:
        return {f"parameters.{p.key}": p.default for p in self.recipe.parameters}

    def default(self, formula: str | None) -> Decimal | None:
        """Work a bound out with the parameters' defaults; None when it needs more than those."""
        if formula is None:
            return None
        try:
            return self._number(formula, "")
        except FormulaError:
            return None

    def for_inputs(self, formula: str, end: str) -> Decimal | None:
        """Work a bound out with every input at its ``low`` or ``high`` bound; None if it cannot."""
        try:
            return self.number_for_inputs(formula, end)
        except FormulaError:
            return None

    def number_for_inputs(self, formula: str, end: str) -> Decimal | None:
        """Work a bound out as ``for_inputs``; raises FormulaError when that gives no number."""
        names = formulas.parse(formula).names
        asks = any(paths.space_of(name) == "inputs" for name in names)
        return self._number(formula, end if asks else "")

    def _number(self, formula: str, end: str) -> Decimal | None:
        """Work a formula out once for all that ask; ``end`` is that of the inputs, if any."""
        if (formula, end) not in self._worked_out:
            try:
                self._worked_out[formula, end] = _number(formula, self._given[end])
            except FormulaError as error:
                self._worked_out[formula, end] = error
        found = self._worked_out[formula, end]
        if isinstance(found, FormulaError):
            raise found
        return found

    @cached_property
    def _worked_out(self) -> dict[tuple[str, str], Decimal | FormulaError | None]:
        return {}

    @cached_property
    def _given(self) -> dict[str, dict[str, Decimal]]:
        """The parameters' defaults: alone, and with the inputs at either of their bounds."""
        ends = {
            end: {f"inputs.{given.name}": getattr(given, end) for given in self.recipe.inputs}
            for end in ("low", "high")
        }
        return {"": self._defaults} | {end: self._defaults | own for end, own in ends.items()}

    def texts(self) -> Iterator[tuple[Path, Text]]:
        """Yield every text that a person reads, with the path at which it stands."""
        yield from self._texts_of_lists()
        for stage in self.stages:
            yield (*stage.path, "title"), stage.stage.title
            if stage.stage.safe_state is not None:
                yield (*stage.path, "safe_state"), stage.stage.safe_state
        for operation in self.operations:
            yield (*operation.path, "title"), operation.operation.title
        for step in self.all_steps:
            for way_to, text in step.step.texts_at():
                yield (*step.path, *way(way_to)), text

    def _texts_of_lists(self) -> Iterator[tuple[Path, Text]]:
        recipe = self.recipe
        for name in ("inputs", "parameters", "bill_of_materials", "bill_of_equipment", "tests",
                     "specification"):  # fmt: skip
            for number, part in enumerate(getattr(recipe, name)):
                if part.title is not None:
                    yield (name, number, "title"), part.title
        for number, test in enumerate(recipe.tests):
            for way_to, text in choices_at("options", test.options):
                yield ("tests", number, *way(way_to)), text


def _number(formula: str, known: Mapping[str, Decimal]) -> Decimal | None:
    found = formulas.parse(formula)
    if found.words or any(name not in known for name in found.names):
        return None
    return formulas.evaluate(formula, known.__getitem__)


def _name(place: OperationPlace, step: StepBase) -> str:
    stage = place.stage.stage.key if place.stage else "contingencies"
    return f"{stage}/{place.operation.key}/{step.key}"


Check = Callable[[Outline], Iterator[Fault]]
CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under the code that its messages carry."""

    def register(function: Check) -> Check:
        if code in CHECKS:
            raise TypeError(f"Two checks share the code {code}.")
        CHECKS[code] = function
        return function

    return register


def twice(
    path: Path, parts: Sequence[Any], key: Callable[[Any], str]
) -> Iterator[tuple[Path, str]]:
    """Yield path and name of each part whose key an earlier one has."""
    seen: set[str] = set()
    for number, part in enumerate(parts):
        name = key(part)
        if paths.normal(name) in seen:
            yield (*path, number), name
        seen.add(paths.normal(name))
