"""What a document refers to outside itself: for where-used questions. Pure."""

from collections.abc import Iterator

from recipes.document import Recipe, Staff
from recipes.enums import UseKind
from recipes.step import Names

KINDS = {Names.MATERIAL: UseKind.MATERIAL, Names.TEST: UseKind.TEST}


def uses_of(recipe: Recipe) -> Iterator[tuple[str, UseKind, str]]:
    """Yield path, kind and code of each reference, none twice."""
    yield from dict.fromkeys([*_of_stages(recipe), *_of_steps(recipe)])


def _of_stages(recipe: Recipe) -> Iterator[tuple[str, UseKind, str]]:
    for stage in recipe.stages:
        if stage.room is not None:
            yield stage.key, UseKind.ROOM, stage.room.class_
        for unit in stage.equipment:
            yield stage.key, UseKind.EQUIPMENT, unit.class_
        yield from _of_staff(stage.key, stage.staff)
        for operation in stage.operations:
            if operation.pinned is not None:
                yield f"{stage.key}/{operation.key}", UseKind.OPERATION, operation.pinned.operation
            yield from _of_staff(f"{stage.key}/{operation.key}", operation.staff)


def _of_staff(path: str, people: tuple[Staff, ...]) -> Iterator[tuple[str, UseKind, str]]:
    for staff in people:
        if staff.qualification is not None:
            yield path, UseKind.QUALIFICATION, staff.qualification


def _of_steps(recipe: Recipe) -> Iterator[tuple[str, UseKind, str]]:
    for placed in recipe.steps():
        if placed.step.qualification is not None:
            yield placed.path, UseKind.QUALIFICATION, placed.step.qualification
        for use in placed.step.uses():
            if use.what in KINDS:
                yield placed.path, KINDS[use.what], use.name
