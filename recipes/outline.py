"""A recipe laid out for its checks: every part with the path at which it stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from recipes import paths
from recipes.bounds import Bounds
from recipes.document import Input, Parameter, Recipe, Test
from recipes.holds import Holds
from recipes.nodes import Path
from recipes.order import Order
from recipes.parts import Text, TimeLimit
from recipes.places import OperationPlace, StagePlace, StepPlace
from recipes.site import Site
from recipes.step import StepBase, Use, Written, choices_at, likely_written, limits_written, way


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

    @cached_property
    def stage_numbers(self) -> dict[str, int]:
        """Each stage's number by its key."""
        return {place.stage.key: place.number for place in self.stages}

    @cached_property
    def holds(self) -> Holds:
        """What the stages claim, and for how long."""
        return Holds(self.recipe, self.stages, self.stage_numbers)

    @cached_property
    def bounds(self) -> Bounds:
        """Bounds worked out before any batch: with the defaults, and at the inputs' ends."""
        return Bounds(self.recipe)

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


def _name(place: OperationPlace, step: StepBase) -> str:
    stage = place.stage.stage.key if place.stage else "contingencies"
    return f"{stage}/{place.operation.key}/{step.key}"
