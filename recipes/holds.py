"""What the stages of a recipe claim, and up to which stage each hold lasts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from recipes.document import Recipe
from recipes.places import StagePlace


@dataclass(frozen=True, slots=True)
class Claimed:
    """A unit that a stage claims: its class, and the number of the stage in which it ends."""

    first: StagePlace
    class_: str
    last: int


class Holds:
    """The units and rooms that the stages of a recipe claim and hold."""

    def __init__(
        self, recipe: Recipe, stages: Sequence[StagePlace], numbers: Mapping[str, int]
    ) -> None:
        """``numbers`` are those of the stages by their keys."""
        self._recipe, self._stages, self._numbers = recipe, stages, numbers

    def last_of_hold(self, number: int, hold_until: str | None) -> int:
        """Return the number of the stage at whose end a hold that began at ``number`` ends.

        One that names no later stage is a fault of its own, and taken to last to the end.
        """
        last = number if hold_until is None else self._numbers.get(hold_until, 0)
        return last if hold_until is None or last > number else len(self._stages) - 1

    @cached_property
    def claims(self) -> dict[str, list[Claimed]]:
        """What the stages claim, by the name that their steps use, in the order of the stages."""
        found: dict[str, list[Claimed]] = {}
        for place in self._stages:
            for unit in reversed(place.stage.equipment):  # of two with one name the first counts
                last = self.last_of_hold(place.number, unit.hold_until)
                claim = Claimed(place, unit.class_, last)
                found.setdefault(unit.as_, []).append(claim)
        return found

    def may_use(self, alias: str, number: int) -> bool:
        """Tell whether a stage may use what is called so: its own, or what is held into it."""
        return bool(self._using.get(alias, 0) >> number & 1)

    @cached_property
    def _using(self) -> dict[str, int]:
        """For each alias the mask of the stages that may use it."""
        return {
            name: reduce(or_, ((2 << one.last) - (1 << one.first.number) for one in claims))
            for name, claims in self.claims.items()
        }

    @cached_property
    def zones(self) -> tuple[StagePlace | None, ...]:
        """For each stage the one that claims the room in which it is done."""
        found: list[StagePlace | None] = []
        held: list[tuple[int, StagePlace]] = []
        for place in self._stages:
            while held and held[-1][0] < place.number:
                held.pop()  # given back before this stage, and so before all behind it
            room = place.stage.room
            if room is not None:
                found.append(place)
                held.append((self.last_of_hold(place.number, room.hold_until), place))
            else:
                found.append(held[-1][1] if held else None)
        return tuple(found)

    @cached_property
    def given_back(self) -> frozenset[str]:
        """The keys of the stages at whose end something that was claimed is given back."""
        return frozenset(need.last for need in self._recipe.needs)
