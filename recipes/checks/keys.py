"""Names that stand twice."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from recipes import paths
from recipes.faults import Fault, check, twice
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import CALLED, field_of

LISTS: tuple[tuple[str, str], ...] = (
    ("inputs", "name"),
    ("parameters", "key"),
    ("bill_of_materials", "material"),
    ("bill_of_equipment", "class_"),
    ("tests", "key"),
    ("specification", "key"),
    ("contingencies", "key"),
    ("stages", "key"),
)
INSIDE = ("options", "checks", "reasons")
# The first words of names that mean something else than a stage or an operation.
TAKEN = paths.SPACES | {"collection", "clock", CALLED}


def _by(field: str) -> Callable[[Any], str]:
    return lambda part: str(getattr(part, field))


def _lists(outline: Outline) -> Iterator[tuple[Path, Any, str]]:
    for name, field in LISTS:
        yield (name,), getattr(outline.recipe, name), field
    for stage in outline.stages:
        yield (*stage.path, "operations"), stage.stage.operations, "key"
        yield (*stage.path, "equipment"), stage.stage.equipment, "as_"
    for operation in outline.operations:
        yield (*operation.path, "steps"), operation.operation.steps, "key"
    for step in outline.all_steps:
        for name in INSIDE:
            yield (*step.path, name), (field_of(step.step, name) or ()), "key"


@check("key.twice")
def no_key_twice(outline: Outline) -> Iterator[Fault]:
    """Two things of one list have different keys; ``-`` and ``_`` are one."""
    for path, parts, field in _lists(outline):
        for where, name in twice(path, parts, _by(field)):
            yield Fault(
                (*where, field.rstrip("_")), _("The name %(name)s stands twice.") % {"name": name}
            )


@check("key.taken")
def keys_mean_one_thing(outline: Outline) -> Iterator[Fault]:
    """No stage and no operation is named as what a name begins with that means another thing."""
    parts = [(place.path, place.stage.key) for place in outline.stages]
    parts += [(place.path, place.operation.key) for place in outline.operations]
    for path, key in parts:
        if key in TAKEN:
            sentence = _("%(name)s means something else where it is named: choose another key.")
            yield Fault((*path, "key"), sentence % {"name": key})


@check("key.alias_held")
def no_alias_of_held_equipment(outline: Outline) -> Iterator[Fault]:
    """A stage does not give the alias of held equipment to another unit."""
    until: dict[str, int] = {}
    for stage in outline.stages:
        for number, unit in enumerate(stage.stage.equipment):
            if until.get(unit.as_, -1) >= stage.number:
                yield Fault(
                    (*stage.path, "equipment", number, "as"),
                    _("%(alias)s is still held from an earlier stage.") % {"alias": unit.as_},
                )
        for unit in stage.stage.equipment:
            last = outline.holds.last_of_hold(stage.number, unit.hold_until)
            until[unit.as_] = max(last, until.get(unit.as_, 0))
