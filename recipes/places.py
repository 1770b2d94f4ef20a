"""The places of a document: stages, operations and steps, by the path that people use. Pure.

A ``...Place`` also has the path at which it stands in the text, for messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from recipes.document import Operation, Recipe, Stage
from recipes.nodes import Path
from recipes.parts import Text
from recipes.step import StepBase

CALLED = "contingencies"


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


def field_of(step: StepBase, name: str) -> Any:
    """Return a field of a step, None where its kind has no such field (fast)."""
    return step.__dict__.get(name)


def places_of(recipe: Recipe) -> dict[str, Text]:
    """Return what each place is called, by its path, in the order of the document."""
    return dict(_all(recipe))


def operations_of(recipe: Recipe) -> Iterator[tuple[str, Operation]]:
    """Yield every operation once with its path, those of the stages first, then contingencies."""
    for stage in recipe.stages:
        yield from ((f"{stage.key}/{operation.key}", operation) for operation in stage.operations)
    for operation in recipe.contingencies:
        yield f"{CALLED}/{operation.key}", operation


def _all(recipe: Recipe) -> Iterator[tuple[str, Text]]:
    for stage in recipe.stages:
        yield stage.key, stage.title
        for operation in stage.operations:
            yield from _operation(stage.key, operation)
    for operation in recipe.contingencies:
        yield from _operation(CALLED, operation)


def _operation(owner: str, operation: Operation) -> Iterator[tuple[str, Text]]:
    yield f"{owner}/{operation.key}", operation.title
    for step in operation.steps:
        yield f"{owner}/{operation.key}/{step.key}", step.text
