"""Places and equipment: claimed, held, cleared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import or_

from django.utils.translation import gettext as _

from recipes.conditions import conditions
from recipes.document import EquipmentNeed, Operation
from recipes.faults import Fault, check
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.order import bits
from recipes.outline import Outline
from recipes.places import StagePlace
from recipes.step import Names, StepBase


def _holds(outline: Outline) -> Iterator[tuple[StagePlace, Path, str]]:
    for place in outline.stages:
        room = place.stage.room
        if room is not None and room.hold_until is not None:
            yield place, (*place.path, "room", "hold_until"), room.hold_until
        for number, unit in enumerate(place.stage.equipment):
            if unit.hold_until is not None:
                yield place, (*place.path, "equipment", number, "hold_until"), unit.hold_until


@check("hold.unknown")
def holds_end(outline: Outline) -> Iterator[Fault]:
    """What is held is held until a later stage of the recipe."""
    for place, path, until in _holds(outline):
        number = outline.stage_numbers.get(until)
        if number is None:
            yield Fault(path, _("There is no stage %(name)s.") % {"name": until})
        elif number <= place.number:
            yield Fault(path, _("%(name)s is not a later stage.") % {"name": until})


@check("room.missing")
def every_stage_has_a_room(outline: Outline) -> Iterator[Fault]:
    """A stage names its room, or a place is held for it."""
    for place in outline.stages:
        if place.stage.room is None and outline.holds.zones[place.number] is None:
            yield Fault(
                (*place.path, "room"),
                _("The stage names no room, and none is held for it."),
            )


@check("equipment.not_in_bill")
def equipment_in_bill(outline: Outline) -> Iterator[Fault]:
    """What a stage claims stands in the bill of equipment."""
    known = {line.class_ for line in outline.recipe.bill_of_equipment}
    for place in outline.stages:
        for number, unit in enumerate(place.stage.equipment):
            if unit.class_ not in known:
                yield Fault(
                    (*place.path, "equipment", number, "class"),
                    _("%(name)s is not in the bill of equipment.") % {"name": unit.class_},
                )


@check("equipment.never_scanned")
def equipment_is_scanned(outline: Outline) -> Iterator[Fault]:
    """Each unit that is claimed is scanned by a step while it is claimed."""
    bound = {
        (place.operation.stage.number, use.name)
        for place in outline.steps
        for use in outline.uses(place)
        if use.what == Names.EQUIPMENT and place.operation.stage is not None
    }
    scanned: dict[str, int] = defaultdict(int)
    for at, name in bound:
        scanned[name] |= 1 << at
    left = [
        ((*place.path, "equipment", number, "as"), unit.as_, held)
        for place in outline.stages
        for number, unit in enumerate(place.stage.equipment)
        for held in [_held_in(outline, place, unit)]
        if not scanned[unit.as_] & held
    ]
    strays = sum(
        1 << at for at in {at for at, name in bound if not outline.holds.may_use(name, at)}
    )
    once = _once(held for _path, _name, held in left)
    for path, name, held in left:
        # A step that scans what is not claimed (said there) stands for the one that is left.
        if not held & strays & once:
            yield Fault(path, _("%(name)s is claimed, and no step scans it.") % {"name": name})


def _once(masks: Iterable[int]) -> int:
    """Return what one of some masks has, and no second."""
    one = more = 0
    for mask in masks:
        more |= one & mask
        one |= mask
    return one & ~more


def _held_in(outline: Outline, place: StagePlace, unit: EquipmentNeed) -> int:
    """Return the mask of the stages in which a unit is claimed."""
    last = outline.holds.last_of_hold(place.number, unit.hold_until)
    return (2 << last) - (1 << place.number)


def _is_clearance(step: StepBase, when: str) -> bool:
    return step.kind == "clear" and getattr(step, "when", None) == when


@check("clearance.before")
def begins_with_clearance(outline: Outline) -> Iterator[Fault]:
    """A stage that takes a place begins with the line clearance before."""
    for place in outline.stages:
        first = place.stage.operations[0].steps[0]
        begins = place.number == 0 and first.kind == "timer"  # said there
        if place.stage.room is not None and not begins and not _is_clearance(first, "before"):
            yield Fault(
                (*place.path, "operations", 0, "steps", 0),
                _("The stage takes a place, so its first step is a line clearance before."),
            )


def _given_back(outline: Outline) -> list[int]:
    """Return the numbers of the stages at whose end a place is given back."""
    return sorted({
        outline.holds.last_of_hold(place.number, place.stage.room.hold_until)
        for place in outline.stages
        if place.stage.room is not None
    })  # fmt: skip


@check("clearance.after")
def ends_with_clearance(outline: Outline) -> Iterator[Fault]:
    """The stage at whose end a place is given back ends with the line clearance after."""
    for number in _given_back(outline):
        stage = outline.stages[number]
        operations = stage.stage.operations
        if not _is_clearance(operations[-1].steps[-1], "after"):
            last = (len(operations) - 1, len(operations[-1].steps) - 1)
            yield Fault(
                (*stage.path, "operations", last[0], "steps", last[1]),
                _("A place is given back here, so the last step is a line clearance after."),
            )


@check("clearance.place")
def clearances_stand_at_the_ends(outline: Outline) -> Iterator[Fault]:
    """A line clearance that takes or gives back stands first or last in its stage, done once.

    Elsewhere it would find nothing to take, or give back what the work behind it needs.
    """
    for place in outline.all_steps:
        stage, first = place.operation.stage, _is_clearance(place.step, "before")
        if place.step.kind != "clear" or not (stage is None or _moves(outline, stage, first=first)):
            continue
        if stage is None or place.number not in _ends(outline, stage):
            sentence = _("A line clearance stands at the beginning or at the end of its stage.")
            yield Fault(place.path, sentence)
        elif _repeated(place.operation.operation, place.step.key):
            sentence = _("The line clearance in it is done once: leave it out of the loop.")
            yield Fault((*place.operation.path, "repeat"), sentence)


def _ends(outline: Outline, stage: StagePlace) -> tuple[int, int]:
    """Return the numbers of the first and last step of a stage; which clearance, is said there."""
    operations = outline.operations_of(stage)
    return outline.steps_of(operations[0])[0].number, outline.steps_of(operations[-1])[-1].number


def _moves(outline: Outline, stage: StagePlace, *, first: bool) -> bool:
    """Tell whether something is taken, or given back, in a stage."""
    own = stage.stage
    if first:
        return own.room is not None or bool(own.equipment)
    return own.key in outline.holds.given_back


def _repeated(operation: Operation, key: str) -> bool:
    repeat = operation.repeat
    keys = [step.key for step in operation.steps]
    if repeat is None or repeat.max == 1:
        return False
    if repeat.first not in keys or repeat.last not in keys:
        return repeat.first is None
    return keys.index(repeat.first) <= keys.index(key) <= keys.index(repeat.last)


@check("hold.beside")
def holds_last_as_long_as_the_work(outline: Outline) -> Iterator[Fault]:
    """What is held is taken before, and given back after, each stage between that works with it."""
    order = outline.stage_order
    works = {} if order.plain else _works(outline)
    for place, path, until in () if order.plain else _holds(outline):
        last, alias = outline.stage_numbers.get(until, 0), _alias(place, path)
        between = (1 << last) - (2 << place.number) if last > place.number else 0
        kept = order.behind(place.number) & order.before(last)
        for one in islice(bits(works.get(alias, 0) & between & ~kept), 1):
            sentence = _("%(name)s may run before it is taken, or after it is given back.")
            yield Fault(path, sentence % {"name": outline.stages[one].stage.key})


def _alias(place: StagePlace, path: Path) -> str | None:
    return place.stage.equipment[int(path[3])].as_ if path[2] == "equipment" else None


def _works(outline: Outline) -> dict[str | None, int]:
    """Return the masks of the stages that work with each unit, or (None) in a room taken before."""
    found: dict[str | None, int] = defaultdict(int)
    for place in outline.operations:
        stages = [place.stage] if place.stage else [one.stage for one in outline.callers(place)]
        mask = reduce(or_, (1 << one.number for one in stages if one is not None), 0)
        for step in outline.steps_of(place):
            for use in outline.uses(step):
                if use.what == Names.EQUIPMENT:
                    found[use.name] |= mask
    for stage in outline.stages:
        if stage.stage.room is None:
            found[None] |= 1 << stage.number
    return found


@check("clearance.skipped")
def clearances_are_done(outline: Outline) -> Iterator[Fault]:
    """The clearance before is done before all work of its stage, that after when all is over."""
    for place in outline.stages:
        if place.stage.room is not None:
            yield from _cleared(outline, place, 0)
    for number in _given_back(outline):
        place = outline.stages[number]
        yield from _cleared(outline, place, len(place.stage.operations) - 1)


def _cleared(outline: Outline, place: StagePlace, at: int) -> Iterator[Fault]:
    """Yield what lets work be done outside of the line clearances: ``at`` is first or last."""
    path, operations = (*place.path, "operations"), place.stage.operations
    if operations[at].when is not None:
        yield Fault((*path, at, "when"), _("The line clearance in it is not skipped."))
    order, keys = outline.operation_order(place.number), {one.key for one in operations}
    if not keys.issuperset(name for one in operations for name in one.after or ()):
        return  # that there is no such operation is said there
    for number in range(len(operations)):
        if number != at and not order.is_before(*((at, number) if at == 0 else (number, at))):
            sentence = _("%(name)s is done beside the line clearance: let it wait (after).")
            waits = number if at == 0 else at
            yield Fault((*path, waits, "after"), sentence % {"name": operations[number].key})


@check("hold.skipped")
def holds_are_taken(outline: Outline) -> Iterator[Fault]:
    """A stage that takes what later ones work with is not skipped where they are done."""
    asked = {
        one.path[1]: one.keys()
        for one in conditions(outline)
        if one.path[::2] == ("stages", "when")
    }
    for number, last in _last_held(outline).items():
        taken = asked.get(number, frozenset())
        behind = range(number + 1, last + 1) if taken else ()
        alone = (one for one in behind if taken - asked.get(one, frozenset()))
        for one in islice(alone, 1):
            sentence = _("What it takes is held for %(name)s, so it is not skipped alone.")
            name = outline.stages[one].stage.key
            yield Fault(("stages", number, "when"), sentence % {"name": name})


def _last_held(outline: Outline) -> dict[int, int]:
    """Return the stages that hold something, by number, and how far the longest hold lasts."""
    found: dict[int, int] = {}
    for place, _path, until in _holds(outline):
        found[place.number] = max(found.get(place.number, 0), outline.stage_numbers.get(until, 0))
    return found


@check("staff.none")
def somebody_works(outline: Outline) -> Iterator[Fault]:
    """A stage says which people it needs."""
    for place in outline.stages:
        if not place.stage.staff:
            yield Fault(
                (*place.path, "staff"),
                _("The stage names nobody who works on it."),
                Weight.WARNING,
            )
