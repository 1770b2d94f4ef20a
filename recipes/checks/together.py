"""What is needed at once by parts of a recipe that run beside each other."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import together
from recipes.enums import Openness
from recipes.faults import Fault, check
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import OperationPlace, StagePlace
from recipes.step import Names


@check("zone.two_open")
def one_open_operation_in_a_zone(outline: Outline) -> Iterator[Fault]:
    """Where material is open, nothing else is open in the same zone at the same time."""
    zones = {
        place.path: frozenset[object]((_zone(outline, place.stage),))
        for place in outline.operations
        if place.stage is not None and place.operation.openness == Openness.OPEN
    }
    for one, other in together.beside(outline, zones):
        sentence = _("%(name)s is open beside it in the same zone: let one wait (after).")
        yield Fault((*other.path, "openness"), sentence % {"name": one.operation.key})


def _zone(outline: Outline, place: StagePlace) -> int | None:
    found = together.zone(outline, place)
    return found.number if found else None


@check("device.at_once")
def one_unit_for_one_operation(outline: Outline) -> Iterator[Fault]:
    """Operations that run beside each other do not need the same unit."""
    needed = {place.path: list(_units(outline, place)) for place in outline.operations}
    units = {path: frozenset(unit for unit, _n, _p in found) for path, found in needed.items()}
    for one, other in together.beside(outline, units):
        for unit, name, path in needed[other.path]:
            if unit in units[one.path]:
                sentence = _("%(operation)s needs %(name)s at the same time: let one wait (after).")
                yield Fault(path, sentence % {"operation": one.operation.key, "name": name})


def _units(outline: Outline, place: OperationPlace) -> Iterator[tuple[object, str, Path]]:
    for step in outline.steps_of(place) if place.stage is not None else ():
        for use in outline.uses(step):
            if use.what == Names.EQUIPMENT and place.stage is not None:
                claimed = together.claim(outline, use.name, place.stage)
                if claimed is not None:
                    unit = (claimed[0].number, use.name)
                    yield unit, use.name, (*step.path, *use.path)


@check("staff.at_once")
def people_are_enough(outline: Outline) -> Iterator[Fault]:
    """Operations that run beside each other need no more people than their stage has."""
    said: set[tuple[int, together.Who]] = set()
    for path, one, count, place in together.people_of_operations(outline):
        has = together.count_of(place.stage.staff, together.who(one))
        if has and count > has and (place.number, together.who(one)) not in said:
            said.add((place.number, together.who(one)))
            sentence = _("%(count)s are needed at once, the stage has %(has)s.")
            yield Fault((*path, "count"), sentence % {"count": count, "has": has})
