"""What comes after what in a list of stages or operations, and where it stands in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from recipes.document import Operation, Stage

Edge = tuple[int, int]


@dataclass(frozen=True)
class Graph:
    """Stages, or operations of one stage, by their number in the document."""

    parts: Sequence[Stage | Operation]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """From what to what: a part without ``after`` waits for all before it to be over."""
        number = {part.key: index for index, part in enumerate(self.parts)}
        found: list[Edge] = []
        followed: set[int] = set()
        for index, part in enumerate(self.parts):
            if part.after is None:
                sources = [one for one in range(index) if one not in followed]
            else:
                sources = [number[key] for key in part.after if number.get(key, index) < index]
            found += [(source, index) for source in sources]
            followed.update(sources)
        return tuple(found)

    def before(self, index: int) -> list[int]:
        """Return what a part waits for."""
        return [source for source, target in self.edges if target == index]

    def behind(self, index: int) -> list[int]:
        """Return what waits for a part."""
        return [target for source, target in self.edges if source == index]

    @cached_property
    def layer(self) -> tuple[int, ...]:
        """How many parts come before each, at most, one after the other."""
        found: list[int] = []
        for index in range(len(self.parts)):
            found.append(max((found[one] + 1 for one in self.before(index)), default=0))
        return tuple(found)

    @cached_property
    def layers(self) -> tuple[tuple[int, ...], ...]:
        """The parts of each layer, in the order of the document."""
        return tuple(
            tuple(index for index, layer in enumerate(self.layer) if layer == number)
            for number in range(max(self.layer, default=-1) + 1)
        )

    @cached_property
    def lane(self) -> dict[int, int]:
        """The column of each part: below what it waits for where that is free.

        A line that passes a layer keeps its column free there.
        """
        taken: set[tuple[int, int]] = set()
        found: dict[int, int] = {}
        for number, parts in enumerate(self.layers):
            for index in parts:
                wished = [found[one] for one in self.before(index)]
                lane = next(
                    one for one in [*wished, *range(len(self.parts) + len(taken) + 1)]
                    if (number, one) not in taken
                )  # fmt: skip
                found[index] = lane
                last = max(
                    (self.layer[one] for one in self.behind(index)), default=len(self.layers)
                )
                taken |= {(layer, lane) for layer in range(number, last)}
        return found

    @cached_property
    def lanes(self) -> int:
        """How many columns there are."""
        return max(self.lane.values(), default=0) + 1

    def breaks_behind(self, layer: int) -> bool:
        """Whether a page may be broken behind a layer: one line only crosses there."""
        crossing = [
            (a, b) for a, b in self.edges if self.layer[a] <= layer < self.layer[b]
        ]  # fmt: skip
        ends = [one for one in self.layers[layer] if not self.behind(one)]
        return len(crossing) == 1 and not ends
