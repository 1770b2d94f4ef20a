"""The conditions of a recipe where they stand: ``when`` of stage, operation and step; ``until``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from functools import partial

from recipes import arithmetic, formulas, paths, settled
from recipes.kinds import calculate
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.parts import Band
from recipes.places import OperationPlace, StepPlace
from recipes.settled import Range


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition: its text, where it stands, and from where its names are read.

    ``first`` is the step that it decides about, ``around`` are the conditions that it stands in.
    An ``until`` is asked when ``first``, the last step of its loop, is done.
    """

    path: Path
    text: str
    at: str
    first: StepPlace
    around: tuple[Asked, ...] = ()
    loop: bool = False

    @property
    def tree(self) -> ast.expr:
        """The condition, read."""
        return formulas.parse(self.text).tree

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the numbers and answers that it asks for."""
        found = formulas.parse(self.text)
        return tuple(dict.fromkeys((*found.names, *(name for name, _key in found.words))))

    def absolute(self, name: str) -> str:
        """Return a name as it is called in the whole recipe."""
        plain = formulas.bare(name)
        return plain if paths.space_of(plain) else paths.absolute(plain, at=self.at)

    def keys(self) -> frozenset[str]:
        """Return what must hold, each part in words that are equal where it is the same."""
        return frozenset(self._key(part) for part in settled.parts_of(self.tree))

    def _key(self, node: ast.expr) -> str:
        said = formulas.answer_of(node)
        if said is not None:
            return f"{self.absolute(said[0])} {said[1]} {ast.dump(node.ops[0])}"  # type: ignore[attr-defined]
        named = {name: self.absolute(name) for name in self.names}
        return f"{ast.unparse(node)} {sorted(named.items())}"


def conditions(outline: Outline) -> tuple[Asked, ...]:
    """Return every condition of a recipe, the outer before the inner."""
    if "conditions" not in outline.shared:
        outline.shared["conditions"] = tuple(_all(outline))
    found: tuple[Asked, ...] = outline.shared["conditions"]
    return found


def _all(outline: Outline) -> Iterator[Asked]:
    for place in outline.operations:
        around = tuple(surrounding(outline, place))
        first = place.path[-1] == 0
        yield from (one for one in around if first or one.path[:-1] == place.path)
        yield from _of_steps(outline, place, around)
        yield from _until(outline, place, around)


def surrounding(outline: Outline, place: OperationPlace) -> Iterator[Asked]:
    """Yield the conditions of an operation's stage and of itself."""
    step = outline.steps_of(place)[0]
    stage = place.stage
    outer: tuple[Asked, ...] = ()
    if stage is not None and stage.stage.when is not None:
        begins = outline.steps_of(outline.operations_of(stage)[0])[0]
        path = (*stage.path, "when")
        outer = (Asked(path, stage.stage.when, begins.name, begins),)
        yield from outer
    if place.operation.when is not None:
        yield Asked((*place.path, "when"), place.operation.when, step.name, step, outer)


def _of_steps(
    outline: Outline, place: OperationPlace, around: tuple[Asked, ...]
) -> Iterator[Asked]:
    for step in outline.steps_of(place):
        if step.step.condition is not None:
            yield Asked((*step.path, "when"), step.step.condition, step.name, step, around)


def _until(outline: Outline, place: OperationPlace, around: tuple[Asked, ...]) -> Iterator[Asked]:
    repeat = place.operation.repeat
    if repeat is not None:
        steps = outline.steps_of(place)
        last = next((one for one in steps if one.step.key == repeat.last), steps[-1])
        path = (*place.path, "repeat", "until")
        yield Asked(path, repeat.until, last.name, last, around, loop=True)


def over(outline: Outline, place: StepPlace) -> tuple[Asked, ...]:
    """Return the conditions on which a step is done: its own and those around it."""
    found = tuple(surrounding(outline, place.operation))
    if place.step.condition is None:
        return found
    own = Asked((*place.path, "when"), place.step.condition, place.name, place, found)
    return (*found, own)


def range_of(outline: Outline, name: str, at: str) -> Range | None:
    """Return between what a value lies, whatever happens; None when that is not known."""
    space, key = paths.space_of(name), name.partition(".")[2]
    if space == "inputs":
        given = outline.inputs.get(key)
        return (given.low, given.high) if given else None
    if space == "parameters":
        set_to = outline.parameters.get(key)
        if set_to is None or set_to.low is None or set_to.high is None:
            return None
        return set_to.low, set_to.high
    meant = paths.find(name, at=at, among=outline.by_name) if space is None else None
    if meant is not None and meant.step.kind == "calculate":
        return _worked_out(outline).get(meant.number)
    plausible = getattr(meant.step, "plausible", None) if meant else None
    if not isinstance(plausible, Band):
        return None
    low, high = outline.bounds.default(plausible.low), outline.bounds.default(plausible.high)
    return None if low is None or high is None else (low, high)


def _worked_out(outline: Outline) -> dict[int, Range]:
    """Return between what each value lies that is worked out, by the number of its step."""
    if "worked_out" not in outline.shared:
        found: dict[int, Range] = {}
        outline.shared["worked_out"] = found  # each is worked out of those before it
        for place in outline.all_steps:
            if isinstance(place.step, calculate.Step):
                tree, at = formulas.parse(place.step.formula).tree, place.name
                known = settled.interval(tree, partial(range_of, outline, at=at))
                if known is not None and (ends := _rounded(known, place.step.decimals)):
                    found[place.number] = ends
    known_ones: dict[int, Range] = outline.shared["worked_out"]
    return known_ones


def _rounded(ends: Range, decimals: int) -> Range | None:
    try:
        low, high = (arithmetic.round_half_up(end, Decimal(decimals)) for end in ends)
    except DecimalException:
        return None
    return low, high


def always(outline: Outline, asked: Asked) -> bool | None:
    """Return whether a condition always holds (True), never does (False), or either (None)."""
    known = ("always", asked.path)
    if known not in outline.shared:
        outline.shared[known] = _always(outline, asked)
    found: bool | None = outline.shared[known]
    return found


def _always(outline: Outline, asked: Asked) -> bool | None:
    known = settled.settled(asked.tree, lambda name: range_of(outline, name, asked.at))
    if known is not None:
        return known
    together = settled.Together()
    for one in (*asked.around, asked):
        for part in settled.parts_of(one.tree):
            together.add(part, one.absolute)
    return False if together.contradict else None
