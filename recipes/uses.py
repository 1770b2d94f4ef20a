"""What a document refers to outside itself: for where-used questions. Pure."""

from collections.abc import Iterator

from recipes.document import Recipe
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
        for staff in stage.staff:
            if staff.qualification is not None:
                yield stage.key, UseKind.QUALIFICATION, staff.qualification


def _of_steps(recipe: Recipe) -> Iterator[tuple[str, UseKind, str]]:
    for placed in recipe.steps():
        for use in placed.step.uses():
            if use.what in KINDS:
                yield placed.path, KINDS[use.what], use.name
