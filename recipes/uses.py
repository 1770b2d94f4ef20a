"""What a document refers to outside itself: for where-used questions. Pure."""

from collections.abc import Iterator
from itertools import chain

from recipes.document import Operation, Recipe, Staff
from recipes.enums import UseKind
from recipes.places import operations_of
from recipes.step import Names

KINDS = {Names.MATERIAL: UseKind.MATERIAL, Names.TEST: UseKind.TEST}


def uses_of(recipe: Recipe) -> Iterator[tuple[str, UseKind, str]]:
    """Yield path, kind and code of each reference, none twice; contingencies have theirs."""
    operations = chain.from_iterable(
        _of_operation(path, operation) for path, operation in operations_of(recipe)
    )
    yield from dict.fromkeys([*_of_stages(recipe), *operations])


def _of_stages(recipe: Recipe) -> Iterator[tuple[str, UseKind, str]]:
    for stage in recipe.stages:
        if stage.room is not None:
            yield stage.key, UseKind.ROOM, stage.room.class_
        for unit in stage.equipment:
            yield stage.key, UseKind.EQUIPMENT, unit.class_
        yield from _of_staff(stage.key, stage.staff)


def _of_operation(path: str, operation: Operation) -> Iterator[tuple[str, UseKind, str]]:
    if operation.pinned is not None:
        yield path, UseKind.OPERATION, operation.pinned.operation
    yield from _of_staff(path, operation.staff)
    for step in operation.steps:
        at = f"{path}/{step.key}"
        if step.qualification is not None:
            yield at, UseKind.QUALIFICATION, step.qualification
        for use in step.uses():
            if use.what in KINDS:
                yield at, KINDS[use.what], use.name


def _of_staff(path: str, people: tuple[Staff, ...]) -> Iterator[tuple[str, UseKind, str]]:
    for staff in people:
        if staff.qualification is not None:
            yield path, UseKind.QUALIFICATION, staff.qualification
