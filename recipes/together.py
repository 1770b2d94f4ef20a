"""What runs beside what, and what it needs at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recipes.document import EquipmentNeed, Staff
from recipes.nodes import Path
from recipes.order import Order
from recipes.outline import OperationPlace, Outline, StagePlace

# Who is needed: a role and perhaps a qualification.
Who = tuple[str, str | None]


def pairs(outline: Outline) -> Iterator[tuple[OperationPlace, OperationPlace]]:
    """Yield the operations that may run at the same time, the one that stands first first."""
    by_stage: dict[int, list[OperationPlace]] = {}
    for place in outline.operations:
        if place.stage is not None:
            by_stage.setdefault(place.stage.number, []).append(place)
    for number, inside in by_stage.items():
        for one, other in outline.operation_order(number).pairs():
            yield inside[one], inside[other]
    for first, second in outline.stage_order.pairs():
        for early in by_stage[first]:
            yield from ((early, late) for late in by_stage[second])


def zone(outline: Outline, place: StagePlace) -> StagePlace | None:
    """Return the stage that claims the room in which a stage is done."""
    if place.stage.room is not None:
        return place
    for earlier in reversed(outline.stages[: place.number]):
        room = earlier.stage.room
        if room and outline.last_of_hold(earlier.number, room.hold_until) >= place.number:
            return earlier
    return None


def claim(outline: Outline, name: str, place: StagePlace) -> tuple[StagePlace, str] | None:
    """Return the stage that claims what a stage's steps call ``name``, and its class."""
    for earlier in reversed(outline.stages[: place.number + 1]):
        for need in earlier.stage.equipment:
            last = outline.last_of_hold(earlier.number, need.hold_until)
            if need.as_ == name and last >= place.number:
                return earlier, need.class_
    return None


def staff(outline: Outline) -> Iterator[tuple[Path, Staff]]:
    """Yield who is needed, of stages and of operations, and where it stands."""
    for place in outline.stages:
        for number, one in enumerate(place.stage.staff):
            yield (*place.path, "staff", number), one
    for operation in outline.operations:
        for number, one in enumerate(operation.operation.staff):
            yield (*operation.path, "staff", number), one


def who(one: Staff) -> Who:
    """Return who is meant."""
    return one.role, one.qualification


def count_of(people: tuple[Staff, ...], wanted: Who) -> int:
    """Return how many of a kind are named."""
    return sum(one.count for one in people if who(one) == wanted)


def at_once(counts: Sequence[int], order: Order, number: int) -> int:
    """Return how much a part and others need that may all run at the same time.

    ``counts`` is what each needs. It is one such set's need, not always the largest: never too
    much.
    """
    chosen, total = [number], counts[number]
    for other, count in enumerate(() if order.plain else counts):
        if count and all(order.beside(one, other) for one in chosen):
            chosen.append(other)
            total += count
    return total


def people_of_operations(outline: Outline) -> Iterator[tuple[Path, Staff, int, StagePlace]]:
    """Yield who an operation names, how many are needed then in its stage, and the stage."""
    for place in outline.stages:
        operations = place.stage.operations
        order = outline.operation_order(place.number)
        for number, operation in enumerate(operations):
            for index, one in enumerate(operation.staff):
                counts = [count_of(other.staff, who(one)) for other in operations]
                path = (*place.path, "operations", number, "staff", index)
                yield path, one, at_once(counts, order, number), place


def people_of_stages(outline: Outline) -> Iterator[tuple[Path, Staff, int]]:
    """Yield who a stage names, and how many are needed then in the whole recipe."""
    order = outline.stage_order
    for place in outline.stages:
        for index, one in enumerate(place.stage.staff):
            counts = [count_of(other.staff, who(one)) for other in outline.recipe.stages]
            yield (*place.path, "staff", index), one, at_once(counts, order, place.number)


def units(outline: Outline) -> Iterator[tuple[Path, str, int]]:
    """Yield the class of each unit that a stage claims, and how many of it one batch needs then."""
    order = outline.stage_order
    for place in outline.stages:
        for index, claimed in enumerate(place.stage.equipment):
            name = claimed.class_
            counts = [
                sum(one.class_ == name for one in other.equipment)
                for other in outline.recipe.stages
            ]
            held = sum(one.class_ == name for one in _held_into(outline, place.number))
            path = (*place.path, "equipment", index, "class")
            yield path, name, held + at_once(counts, order, place.number)


def _held_into(outline: Outline, number: int) -> Iterator[EquipmentNeed]:
    for earlier in outline.stages[:number]:
        for need in earlier.stage.equipment:
            if outline.last_of_hold(earlier.number, need.hold_until) >= number:
                yield need
