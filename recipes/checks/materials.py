"""Materials: counted in one unit everywhere, and as much in the bill as the steps add."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from recipes import units
from recipes.conditions import over
from recipes.faults import Fault, check
from recipes.kinds import add
from recipes.outline import Outline
from recipes.parts import decimal_text
from recipes.places import StepPlace

ENDS = ("low", "high")


def same_unit(one: str, other: str) -> bool:
    """Tell whether two units count alike; one that is unknown is said to be so elsewhere."""
    if one == other or not (units.known(one) and units.known(other)):
        return True
    return units.same(units.quantity(one), units.quantity(other))


def _adds(outline: Outline) -> Iterator[tuple[StepPlace, add.Step]]:
    for place in outline.all_steps:
        if isinstance(place.step, add.Step):
            yield place, place.step


@check("material.unit")
def materials_are_counted_alike(outline: Outline) -> Iterator[Fault]:
    """What a step adds is counted as the bill counts it: so much is taken out of the lot."""
    counted = {line.material: line.unit for line in outline.recipe.bill_of_materials}
    for place, step in _adds(outline):
        unit = counted.get(step.material, step.unit)
        if not same_unit(step.unit, unit):
            sentence = _("The bill counts %(name)s in %(unit)s, and this step in %(own)s.")
            words = {"name": step.material, "unit": unit, "own": step.unit}
            yield Fault((*place.path, "unit"), sentence % words)


@check("material.beyond_bill")
def the_bill_is_enough(outline: Outline) -> Iterator[Fault]:
    """The bill has at least what is added however a batch goes, for every order that is taken."""
    always: dict[str, list[add.Step]] = defaultdict(list)
    for place, step in _adds(outline):
        if place.operation.stage is not None and not over(outline, place):
            always[step.material].append(step)
    added_of: dict[tuple[str, str], list[Decimal]] = {}
    for number, line in enumerate(outline.recipe.bill_of_materials):
        known = (line.material, line.unit)
        if known not in added_of:
            steps = [one for one in always[line.material] if same_unit(one.unit, line.unit)]
            added_of[known] = [_added(outline, steps, end) for end in ENDS]
        pairs = [
            (added, added if has is None else has)
            for added, end in zip(added_of[known], ENDS, strict=True)
            for has in [_quantity(outline, line.quantity, end)]
        ]
        added, has = max(pairs, key=lambda pair: pair[0] - pair[1])
        if added > has:
            sentence = _("The steps add %(added)s %(unit)s at least; the bill has %(has)s.")
            words = {"added": decimal_text(added), "has": decimal_text(has), "unit": line.unit}
            yield Fault(("bill_of_materials", number, "quantity"), sentence % words)


def _added(outline: Outline, steps: list[add.Step], end: str) -> Decimal:
    """Return what is added for certain; what is not known adds nothing."""
    known = (_quantity(outline, step.quantity, end) for step in steps)
    return sum((one for one in known if one is not None), Decimal(0))


def _quantity(outline: Outline, formula: str | None, end: str) -> Decimal | None:
    return None if formula is None else outline.bounds.for_inputs(formula, end)
