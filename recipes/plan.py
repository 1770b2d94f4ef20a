"""The moments of a recipe as the points of its plan, and what passes at least between them. Pure.

What may be skipped as a whole is laid out twice: once as what can be come to, once as what can be
gone on from. No way leads through it, so it takes no time there; but a time that begins or ends
in it counts what is done around that.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate

from recipes.moments import COLLECTION, Asked, Limit, Moment, Place, StageMoment
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import OperationPlace, StagePlace, StepPlace, field_of
from recipes.spans import Case, least_of
from recipes.step import StepBase
from recipes.ways import Ways

ZERO = timedelta()


@dataclass
class Line:
    """The steps of an operation, once laid out: the points between them that others depend on.

    ``marks`` are the steps with a point, in order. One comes to such a step at ``comes``, and goes
    on from it at ``goes``; at ``last`` it is closed together with its stage.
    """

    begin: int
    end: int = -1
    marks: list[int] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    comes: dict[int, int] = field(default_factory=dict)
    goes: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Room:
    """A stage, once laid out: when it starts, when its first step is closed, when it is over."""

    start: int
    begun: int
    end: int


class Plan:
    """The points of an outline, as its times are in a case.

    ``in_line`` is for stages that run one after the other, whatever they wait for. With ``each``
    both ends of every limit have a point of their own.
    """

    def __init__(
        self, outline: Outline, case: Case, asked: Iterable[Asked], limits: Iterable[Limit],
        *, in_line: bool = False, each: bool = False,
    ) -> None:  # fmt: skip
        self.outline, self.case, self.in_line, self.ways = outline, case, in_line, Ways()
        self.lines: dict[Path, list[Line]] = defaultdict(list)
        self.rooms: list[list[Room]] = []
        self.part: dict[int, int] = {}
        self._sums: dict[Path, list[int]] = {}
        self._joins: dict[tuple[int, ...], int] = {}
        self._openings: dict[int, dict[int, bool]] = {}
        known = [one for one in asked if not in_line or _stage(one.since) <= _stage(one.place)]
        several = list(limits)
        sinces = [*(one.since for one in known), *(one.since for one in several)]
        stages = [one for one in sinces if isinstance(one, StageMoment) and not one.ended]
        self._begun = {one.number for one in stages}
        self._marked = self._marks(known, several, each=each)
        self._lay_out()
        for one in known:
            since, least = self.since(one.since)[0], _whole(one.least)
            for point, _rest in self._until(one.place, last=False):
                self.ways.edge(since, point, least)

    def _marks(
        self, asked: Iterable[Asked], limits: Iterable[Limit], *, each: bool
    ) -> dict[Path, set[int]]:
        """Return the steps that need a point, by their operation."""
        found: dict[Path, set[int]] = defaultdict(set)
        ends = [place for one in asked for place in (one.since, one.place)]
        for limit in limits:
            ends += [limit.place] if each or _is_last(self.outline, limit.place) else []
            ends += [limit.since] if each else []
        for place in ends:
            if isinstance(place, StepPlace):
                found[place.operation.path].add(int(place.path[-1]))
        for operation in self.outline.operations:
            first = _opens(operation) if self._opening(operation) else None
            if first is not None:
                found[operation.path].add(first)
        return found

    # --- from and to --------------------------------------------------------------------------

    def since(self, moment: Moment) -> tuple[int, int]:
        """Return the point from which the way of a moment goes on, and what passes until then."""
        if moment == COLLECTION:
            return self.origin, 0
        if isinstance(moment, StageMoment):
            room = self.rooms[moment.number][-1]
            return (room.end if moment.ended else room.begun), 0
        line, step = self.lines[moment.operation.path][-1], int(moment.path[-1])
        if step in line.goes:
            return line.goes[step], 0
        sums, following = self.sums(moment.operation), bisect_right(line.marks, step)
        if following == len(line.marks):
            return line.end, sums[-1] - sums[step + 1]
        mark = line.marks[following]
        return line.points[following], sums[mark + 1] - sums[step + 1]

    def until(self, place: Place) -> list[tuple[int, int]]:
        """Return the points to which the ways to a place lead, and what passes from there."""
        return list(self._until(place, last=True))

    def _until(self, place: Place, *, last: bool) -> Iterator[tuple[int, int]]:
        if isinstance(place, StagePlace):
            yield self.starts[place.number], 0
            return
        step, own = int(place.path[-1]), self.own(place.step)
        for line in self.lines[place.operation.path]:
            if last and step in line.last:
                yield line.last[step], 0
            elif step in line.comes:
                yield line.comes[step], 0
            else:
                point, rest = self.head(line, place)
                yield point, rest + own

    def head(self, line: Line, place: StepPlace) -> tuple[int, int]:
        """Return the last point before a step, and what passes from there until it is begun."""
        sums, step = self.sums(place.operation), int(place.path[-1])
        before = bisect_left(line.marks, step) - 1
        if before < 0:
            return line.begin, sums[step]
        return line.points[before], sums[step] - sums[line.marks[before] + 1]

    def sums(self, operation: OperationPlace) -> list[int]:
        """Return what the steps of an operation take, added up; what may be skipped takes none."""
        if operation.path not in self._sums:
            steps = operation.operation.steps
            own = (0 if step.condition is not None else self.own(step) for step in steps)
            self._sums[operation.path] = list(accumulate(own, initial=0))
        return self._sums[operation.path]

    def own(self, step: StepBase) -> int:
        """Return what a step takes, a timer's wait since it was due included."""
        takes: timedelta = getattr(step.takes, self.case.value) if step.takes else ZERO
        alone = step.kind == "timer" and field_of(step, "from_") is None
        waits = least_of(self.outline, field_of(step, "min"), self.case) if alone else ZERO
        return _whole(takes + waits)

    # --- the points ---------------------------------------------------------------------------

    def _lay_out(self) -> None:
        point, edge = self.ways.point, self.ways.edge
        self.origin, order = point(), self.outline.stage_order
        self.starts = [point() for _stage in self.outline.stages]
        self.ends = [point() for _stage in self.outline.stages]
        for place in self.outline.stages:
            number, stage = place.number, place.stage
            waits = order.waits_for(number)
            if self.in_line:
                waits = (number - 1,) if number else ()
            ready = self._join([self.ends[one] for one in waits] or [self.origin])
            edge(ready, self.starts[number], _whole((stage.lag.min if stage.lag else None) or ZERO))
            if stage.when is not None:
                edge(ready, self.ends[number])
            self.rooms.append(self._rooms(place))
        for operation in self.outline.operations:
            if operation.stage is None:
                self._line(operation, point())

    def _join(self, before: list[int]) -> int:
        """Return the point at which several are over, the same for all that wait for the same."""
        if len(before) == 1:
            return before[0]
        known = tuple(before)
        if known not in self._joins:
            self._joins[known] = self.ways.point(*before)
        return self._joins[known]

    def _rooms(self, place: StagePlace) -> list[Room]:
        start, end = self.starts[place.number], self.ends[place.number]
        rooms = [self._room(place)]
        self.ways.edge(start, rooms[0].start)
        if place.stage.when is not None:
            rooms.append(self._room(place))
            self.ways.beside(start, rooms[1].start)
        self.ways.edge(rooms[-1].end, end)
        return rooms

    def _room(self, place: StagePlace) -> Room:
        point, edge, stage, first = self.ways.point, self.ways.edge, place.stage, len(self.ways)
        start = point()
        room = Room(start, point(start), point())
        lasts: timedelta = getattr(stage.duration, self.case.value)
        edge(room.start, room.end, _whole(lasts))
        edge(room.begun, room.end, _whole(lasts))
        order = self.outline.operation_order(place.number)
        ends = [point() for _operation in stage.operations]
        for number, operation in enumerate(self.outline.operations_of(place)):
            ready = self._join([ends[one] for one in order.waits_for(number)] or [room.start])
            for line in self._lines(operation, ready, ends[number]):
                self._begin(operation, line, room)
                for closed in line.last.values():
                    edge(room.end, closed)
            edge(ends[number], room.end)
        self.part.update(dict.fromkeys(range(first, len(self.ways)), start))
        return room

    def _lines(self, operation: OperationPlace, ready: int, end: int) -> list[Line]:
        lines = [self._line(operation, ready)]
        if operation.operation.when is not None:
            lines.append(self._line(operation, self.ways.point()))
            self.ways.beside(ready, lines[1].begin)
            self.ways.edge(ready, end)
        self.ways.edge(lines[-1].end, end)
        return lines

    def _begin(self, operation: OperationPlace, line: Line, room: Room) -> None:
        """Let a stage have begun when the first sure step of its first operation is closed."""
        first = _opens(operation) if self._opening(operation) else None
        if first is not None:
            self.ways.edge(room.begun, line.points[line.marks.index(first)])

    def _line(self, operation: OperationPlace, begin: int) -> Line:
        point, sums, line = self.ways.point, self.sums(operation), Line(begin)
        last, before = begin, 0
        for mark in sorted(self._marked.get(operation.path, ())):
            step = operation.operation.steps[mark]
            closed = point(last, least=sums[mark + 1] - sums[before])
            line.comes[mark] = line.goes[mark] = closed
            if step.condition is not None:
                line.comes[mark] = point(last, least=sums[mark] - sums[before] + self.own(step))
                line.goes[mark] = point()
                self.ways.beside(last, line.goes[mark])
                self.ways.edge(line.goes[mark], closed)
            if _is_last_of(self.outline, operation, mark):
                line.last[mark] = point(line.comes[mark])
            line.marks.append(mark)
            line.points.append(closed)
            last, before = closed, mark + 1
        line.end = point(last, least=sums[-1] - sums[before])
        self.lines[operation.path].append(line)
        return line

    def _opening(self, operation: OperationPlace) -> bool:
        """Tell whether an operation may be the first done, of a stage whose start begins a time."""
        stage = operation.stage
        if stage is None or stage.number not in self._begun:
            return False
        if stage.number not in self._openings:
            order, operations = self.outline.operation_order(stage.number), stage.stage.operations
            found: dict[int, bool] = {}
            for number in order.walked:
                waits = order.waits_for(number)
                found[number] = all(found.get(one) and operations[one].when for one in waits)
            self._openings[stage.number] = found
        return bool(self._openings[stage.number].get(int(operation.path[-1])))


def _opens(operation: OperationPlace) -> int | None:
    """Return the first step of an operation that is done for certain."""
    steps = enumerate(operation.operation.steps)
    return next((number for number, step in steps if step.condition is None), None)


def _is_last(outline: Outline, place: Place) -> bool:
    """Tell whether a stage is over when a step is closed: nothing of it is beside or behind."""
    if isinstance(place, StagePlace):
        return False
    return _is_last_of(outline, place.operation, int(place.path[-1]))


def _is_last_of(outline: Outline, operation: OperationPlace, step: int) -> bool:
    if operation.stage is None or step < len(operation.operation.steps) - 1:
        return False
    order, number = outline.operation_order(operation.stage.number), int(operation.path[-1])
    return not order.beside(number) and not order.behind(number)


def _stage(moment: Moment | Place) -> int:
    if isinstance(moment, StepPlace):
        return moment.operation.stage.number if moment.operation.stage else -1
    return moment.number


def _whole(time: timedelta) -> int:
    return int(time.total_seconds())
