"""The places of a document that people talk about: stages, operations and steps by path. Pure."""

from collections.abc import Iterator

from recipes.document import Operation, Recipe
from recipes.parts import Text

CALLED = "contingencies"


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
