"""What a change from one version to another reaches: pure, from the two documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from recipes.difference import Difference, What
from recipes.difference.parts import path_of
from recipes.document import Recipe, Stage
from recipes.enums import UseKind
from recipes.places import CALLED
from recipes.uses import uses_of

LABELS = frozenset({"makes", "copies", "scan_back"})


@dataclass(frozen=True, slots=True)
class Needed:
    """What is needed newly, no longer, and as before, by code."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]


def needed(before: Recipe, after: Recipe, kind: UseKind) -> Needed:
    """Return what the later version needs of one kind of thing, against the earlier one."""
    old, new = _codes(before, kind), _codes(after, kind)
    return Needed(_sorted(new - old), _sorted(old - new), _sorted(old & new))


def _codes(recipe: Recipe, kind: UseKind) -> set[str]:
    used = {code for _path, sort, code in uses_of(recipe) if sort == kind}
    listed: set[str] = set()
    if kind == UseKind.MATERIAL:
        listed = {line.material for line in recipe.bill_of_materials}
    if kind == UseKind.TEST:
        listed = {test.key for test in recipe.tests}
    return used | listed


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))


@dataclass(frozen=True, slots=True)
class Reached:
    """The changed places of the work that a batch has behind it, and those ahead of it, in the
    order of the batch's own document. What is new is called by its place in the later one.
    """

    passed: tuple[str, ...]
    ahead: tuple[str, ...]


def reached(
    found: Iterable[Difference], before: Recipe, after: Recipe, begun: Set[str]
) -> Reached:  # fmt: skip
    """Return how a batch of the earlier document stands to what changes, by its begun steps."""
    places = _Places(before, after, begun)
    rows = {path: place for one in found for path, place in places.of(one)}
    ordered = sorted(rows, key=lambda path: rows[path][0])
    return Reached(
        tuple(path for path in ordered if rows[path][1]),
        tuple(path for path in ordered if not rows[path][1]),
    )


class _Places:
    """Where a change meets a batch: the number of a step of its document, and whether it is past.

    A step that was moved is met where the batch does it, not where later batches will.
    """

    def __init__(self, before: Recipe, after: Recipe, begun: Set[str]) -> None:
        self._own = [placed.path for placed in before.steps()]
        self._later = [placed.path for placed in after.steps()]
        self._begun = begun

    def of(self, one: Difference) -> Iterator[tuple[str, tuple[float, bool]]]:
        """Yield the path of a change and its place; nothing for what is no part of the way."""
        path = path_of(one.was_at or one.at)
        if path and path.partition("/")[0] != CALLED:
            yield path, self._known(path) if one.was_at else self._new(path)

    def _known(self, path: str) -> tuple[float, bool]:
        steps = _within(self._own, path)
        return self._first(steps), not self._begun.isdisjoint(steps)

    def _new(self, path: str) -> tuple[float, bool]:
        """It comes before what stands behind it; the last of a list behind all of that."""
        owner = path.rpartition("/")[0]
        last = self._later.index(_within(self._later, path)[-1])
        behind = [one for one in _within(self._later[last + 1 :], owner) if one in self._own]
        beside = _within(self._own, owner)
        if behind:
            return self._first(behind) - 0.5, not self._begun.isdisjoint(behind)
        return self._first(beside) + len(beside), bool(beside) and self._begun >= set(beside)

    def _first(self, steps: list[str]) -> float:
        return self._own.index(steps[0]) if steps else len(self._own)


def _within(paths: list[str], path: str) -> list[str]:
    """Return the steps that stand at a path or inside it; all of them for none."""
    return [one for one in paths if not path or one == path or one.startswith(f"{path}/")]


def about_tests(found: Iterable[Difference]) -> list[Difference]:
    """Return what changes for the laboratory: tests, methods, criteria, what is sampled for."""
    return [
        one for one in found
        if one.address[:1] in {("tests",), ("specification",)}
        or one.what in {What.TEST_ADDED, What.TEST_REMOVED}
    ]  # fmt: skip


def about_labels(found: Iterable[Difference], before: Recipe, after: Recipe) -> list[Difference]:
    """Return what changes for labels: steps that print or apply them, and how many."""
    steps = {
        f"{recipe is after}{placed.path}"
        for recipe in (before, after)
        for placed in recipe.steps()
        if placed.step.kind == "label"
    }
    return [
        one for one in found
        if f"{bool(one.at)}{path_of(one.address)}" in steps or LABELS & set(one.address)
    ]  # fmt: skip


def trained_again(found: Iterable[Difference], before: Recipe, after: Recipe) -> tuple[str, ...]:
    """Return the qualifications of those who do something differently from now on.

    A change of an estimate, a title or a criterion of release asks nothing of their hands.
    """
    stages = {
        one.stage for one in found
        if one.what not in {What.DURATION_LENGTHENED, What.DURATION_SHORTENED} and one.stage
    }  # fmt: skip
    known = [*before.stages, *after.stages]
    return _sorted({name for stage in known if stage.key in stages for name in _asked(stage)})


def _asked(stage: Stage) -> set[str]:
    people = [*stage.staff, *(one for operation in stage.operations for one in operation.staff)]
    return {one.qualification for one in people if one.qualification}


@dataclass(frozen=True, slots=True)
class Booked:
    """What a stage books, before and after; None where it is not there."""

    stage: str
    before: Stage | None
    after: Stage | None


def booked(before: Recipe, after: Recipe) -> list[Booked]:
    """Return the stages whose next bookings take other hours, places, equipment or people."""
    keys = dict.fromkeys([*before.stage_by_key, *after.stage_by_key])
    pairs = (Booked(key, before.stage_by_key.get(key), after.stage_by_key.get(key)) for key in keys)
    return [pair for pair in pairs if _books(pair.before) != _books(pair.after)]


def _books(stage: Stage | None) -> object:
    if stage is None:
        return None
    return (stage.duration, stage.cleaning, stage.lag, stage.room, stage.equipment, stage.staff)
