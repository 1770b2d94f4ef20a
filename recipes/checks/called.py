"""Contingencies where they are offered: what they need is there whenever they are called."""

from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from recipes.enums import Openness
from recipes.faults import Fault, check
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import OperationPlace, StagePlace
from recipes.step import Names


def _offering(outline: Outline, place: OperationPlace) -> list[StagePlace]:
    """Return the stages in which a contingency is offered, each once."""
    stages = {one.stage.number: one.stage for one in outline.callers(place) if one.stage}
    return list(stages.values())


@check("contingency.equipment")
def contingencies_find_their_equipment(outline: Outline) -> Iterator[Fault]:
    """The equipment of a contingency is claimed in each stage that offers it."""
    lacking: dict[tuple[Path, str], list[StagePlace]] = {}
    for place in outline.all_steps:
        if place.operation.stage is not None:
            continue
        for use in outline.uses(place):
            if use.what != Names.EQUIPMENT or use.name not in outline.holds.claims:
                continue
            known = (place.operation.path, use.name)
            if known not in lacking:
                offering = _offering(outline, place.operation)
                lacking[known] = [
                    s for s in offering if not outline.holds.may_use(use.name, s.number)
                ]
            for stage in lacking[known]:
                sentence = _("%(name)s is not claimed in %(stage)s, where this is offered.")
                words = {"name": use.name, "stage": stage.stage.key}
                yield Fault((*place.path, *use.path), sentence % words)


@check("contingency.openness")
def contingencies_open_nothing_beside_others(outline: Outline) -> Iterator[Fault]:
    """An open contingency is offered only where the room is claimed for open work."""
    for place in outline.operations:
        if place.stage is not None or place.operation.openness != Openness.OPEN:
            continue
        shared = (one.stage.key for one in _offering(outline, place) if _shares(outline, one))
        for stage in islice(shared, 1):
            sentence = _("It is open, and %(stage)s, where it is offered, shares its room.")
            yield Fault((*place.path, "openness"), sentence % {"stage": stage})


def _shares(outline: Outline, place: StagePlace) -> bool:
    needs = outline.recipe.needs_at(place.stage.key)
    return any(need.resource == "place" and not need.open for need in needs)
