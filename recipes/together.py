"""What runs beside what, and what it needs at once. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_

from recipes.document import Staff
from recipes.nodes import Path
from recipes.order import Order, bits
from recipes.outline import Outline
from recipes.places import OperationPlace, StagePlace

# Who is needed: a role and perhaps a qualification.
Who = tuple[str, str | None]


def zone(outline: Outline, place: StagePlace) -> StagePlace | None:
    """Return the stage that claims the room in which a stage is done."""
    return outline.holds.zones[place.number]


def claim(outline: Outline, name: str, place: StagePlace) -> tuple[StagePlace, str] | None:
    """Return the stage that claims what a stage's steps call ``name``, and its class."""
    claims = outline.holds.claims[name] if outline.holds.may_use(name, place.number) else ()
    for held in reversed(claims):
        if held.first.number <= place.number <= held.last:
            return held.first, held.class_
    return None


def beside(
    outline: Outline, things: Mapping[Path, frozenset[object]]
) -> Iterator[tuple[OperationPlace, OperationPlace]]:
    """Yield which operations may run at the same time and have a thing in common.

    ``things`` is what they have, by their path. The one that stands first is named first; those
    of one stage come first, then those of stages beside each other.
    """
    inside: dict[int, dict[int, OperationPlace]] = {}
    for place in outline.operations:
        if place.stage is not None and things.get(place.path):
            inside.setdefault(place.stage.number, {})[int(place.path[-1])] = place
    for number, places in inside.items():
        own = {one: things[place.path] for one, place in places.items()}
        for one, other in _sharing(outline.operation_order(number), own):
            yield places[one], places[other]
    everything = {
        number: frozenset[object]().union(*(things[place.path] for place in places.values()))
        for number, places in inside.items()
    }
    for first, second in _sharing(outline.stage_order, everything):
        both = everything[first] & everything[second]
        late = [one for one in inside[second].values() if things[one.path] & both]
        for early in inside[first].values():
            mine = things[early.path] & both
            yield from ((early, one) for one in late if mine & things[one.path])


def _sharing(order: Order, things: Mapping[int, frozenset[object]]) -> Iterator[tuple[int, int]]:
    """Yield which parts may run at the same time and have a thing in common, the earlier first."""
    having: dict[object, int] = defaultdict(int)
    for other, own in things.items():
        earlier = reduce(or_, (having[thing] for thing in own), 0)
        for one in bits(earlier and order.beside(other) & earlier):
            yield one, other
        for thing in own:
            having[thing] |= 1 << other


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


@dataclass(frozen=True)
class AtOnce:
    """What parts need, by their numbers: how much that may be at the same time."""

    order: Order
    counts: Mapping[int, int]
    _found: dict[int, int] = field(default_factory=dict)

    def with_(self, number: int) -> int:
        """Return how much a part and others need that may all run at the same time.

        It is one such set's need, not always the largest: never too much. Parts that run beside
        the same others have the same answer.
        """
        around = self.order.beside(number) & self._needing
        known = around | 1 << number
        if known not in self._found:
            total, left = self.counts[number], around
            while left:
                other = (left & -left).bit_length() - 1
                total += self.counts[other]
                left &= self.order.beside(other)
            self._found[known] = total
        return self._found[known]

    @cached_property
    def _needing(self) -> int:
        return sum(1 << number for number, count in self.counts.items() if count)


def people_of_operations(outline: Outline) -> Iterator[tuple[Path, Staff, int, StagePlace]]:
    """Yield who an operation names, how many are needed then in its stage, and the stage."""
    for place in outline.stages:
        operations = place.stage.operations
        named = [operation.staff for operation in operations]
        needed = _people(outline.operation_order(place.number), named)
        for number, operation in enumerate(operations):
            for index, one in enumerate(operation.staff):
                path = (*place.path, "operations", number, "staff", index)
                yield path, one, needed[who(one)].with_(number), place


def people_of_stages(outline: Outline) -> Iterator[tuple[Path, Staff, int]]:
    """Yield who a stage names, and how many are needed then in the whole recipe."""
    needed = _people(outline.stage_order, [place.stage.staff for place in outline.stages])
    for place in outline.stages:
        for index, one in enumerate(place.stage.staff):
            yield (*place.path, "staff", index), one, needed[who(one)].with_(place.number)


def roles_of_stages(outline: Outline) -> Iterator[tuple[Path, str, int]]:
    """Yield the last line of each role that a stage names, and how many are needed of it then.

    Whatever they are qualified for: who is counted twice by qualification is one person.
    """
    named = [[one.model_copy(update={"qualification": None}) for one in place.stage.staff]
             for place in outline.stages]  # fmt: skip
    needed = _people(outline.stage_order, [tuple(people) for people in named])
    for place, people in zip(outline.stages, named, strict=True):
        last = {one.role: index for index, one in enumerate(people)}
        for role, index in last.items():
            yield (*place.path, "staff", index), role, needed[role, None].with_(place.number)


def _people(order: Order, named: Sequence[tuple[Staff, ...]]) -> dict[Who, AtOnce]:
    found: dict[Who, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for number, people in enumerate(named):
        for one in people:
            found[who(one)][number] += one.count
    return {wanted: AtOnce(order, counts) for wanted, counts in found.items()}


def units(outline: Outline) -> Iterator[tuple[Path, str, int]]:
    """Yield the class of each unit that a stage claims, and how many of it one batch needs then."""
    counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for claims in outline.holds.claims.values():
        for one in claims:
            counts[one.class_][one.first.number] += 1
            held[one.class_].append((one.first.number + 1, one.last + 1))
    needed = {name: AtOnce(outline.stage_order, of_class) for name, of_class in counts.items()}
    begins = {name: sorted(begin for begin, _end in spans) for name, spans in held.items()}
    ends = {name: sorted(end for _begin, end in spans) for name, spans in held.items()}
    for place in outline.stages:
        for index, claimed in enumerate(place.stage.equipment):
            name, number = claimed.class_, place.number
            into = bisect_right(begins[name], number) - bisect_right(ends[name], number)
            path = (*place.path, "equipment", index, "class")
            yield path, name, into + needed[name].with_(number)


def places(outline: Outline) -> Iterator[tuple[Path, str, int]]:
    """Yield the class of each room that a stage takes a place in, and how many are held then."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place in outline.stages:
        if (room := place.stage.room) is not None:
            last = outline.holds.last_of_hold(place.number, room.hold_until)
            spans[room.class_].append((place.number, last))
    for name, held in spans.items():
        ends = sorted(last for _first, last in held)
        for begun, (number, _last) in enumerate(held, 1):
            path = (*outline.stages[number].path, "room", "class")
            yield path, name, begun - bisect_left(ends, number)
