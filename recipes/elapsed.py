"""The time that passes at least between two moments of a recipe, by its own durations. Pure.

It counts what the recipe says itself: a stage's duration and least lag, a step's own time, a
timer's least wait, the least time of a limit, the time until a result is there. What it does not
say takes no time here, and what may be skipped takes none, so a sum is never too long. Moments are
as the engine has them: a step's is that at which it is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import islice

from recipes import moments
from recipes.moments import Limit, Moment, Place
from recipes.outline import Outline
from recipes.places import StepPlace
from recipes.plan import Plan
from recipes.spans import Case
from recipes.ways import Pair

# So many limits are looked at together: who has read two hundred messages corrects the cause.
TOGETHER = 256
# A way in the plan: from where to where, and what passes before and behind it.
Way = tuple[Pair, int]


@dataclass(frozen=True)
class Elapsed:
    """Least times of one outline in one case.

    ``in_line`` is for stages that are booked one after the other, whatever they wait for.
    """

    outline: Outline
    case: Case = Case.LEAST
    in_line: bool = False

    @cached_property
    def _plan(self) -> Plan:
        asked = list(moments.asked(self.outline, self.case))
        limits = moments.limits(self.outline)
        return Plan(self.outline, self.case, asked, limits, in_line=self.in_line)

    def beyond(self, limits: Iterable[Limit]) -> Iterator[tuple[Limit, timedelta]]:
        """Yield the limits that are not kept, in their order, and what passes until then."""
        doubtful = (limit for limit in limits if self._may_be_beyond(limit))
        while several := list(islice(doubtful, TOGETHER)):
            for limit, takes in zip(several, self.takes(several), strict=True):
                if takes is not None and takes > limit.most:
                    yield limit, takes

    def takes(self, limits: Sequence[Limit]) -> list[timedelta | None]:
        """Return what passes at least until each limit, None where nothing can be said."""
        ways = [[self._ways(since, limit.place) for since in limit.sinces] for limit in limits]
        pairs = [pair for several in ways for one in several for pair, _rest in one]
        known = self._plan.ways.between(pairs)
        found: list[timedelta | None] = []
        for limit, several in zip(limits, ways, strict=True):
            each = [
                self._longest(since, limit.place, one, known)
                for since, one in zip(limit.sinces, several, strict=True)
            ]
            least = min((one for one in each if one is not None), default=None)
            found.append(None if None in each or least is None else timedelta(seconds=least))
        return found

    def _longest(
        self, since: Moment, place: Place, ways: list[Way], known: Mapping[Pair, int]
    ) -> int | None:
        straight = self._straight(since, place)
        times = [known[pair] + rest for pair, rest in ways if pair in known]
        return max([*times, *([] if straight is None else [straight])], default=None)

    def head(self, place: StepPlace) -> timedelta:
        """Return what passes from the start of a step's stage until it is begun."""
        line = self._plan.lines[place.operation.path][0]
        point, rest = self._plan.head(line, place)
        return timedelta(seconds=(self._inside[point] or 0) + rest)

    def of_stage(self, number: int) -> timedelta:
        """Return what the steps of a stage take."""
        if not self._timed:
            return timedelta()
        operations = self.outline.operations_of(self.outline.stages[number])
        done = (place for place in operations if place.operation.when is None)
        lines = (line for place in done for line in self._plan.lines[place.path])
        ends = (self._inside[line.end] for line in lines)
        return timedelta(seconds=max((end for end in ends if end is not None), default=0))

    @cached_property
    def _timed(self) -> bool:
        """Whether any step says how long it takes, or waits for anything."""
        steps = (place.step for place in self.outline.all_steps)
        own = any(step.takes is not None or step.kind == "timer" for step in steps)
        return own or any(True for _one in moments.asked(self.outline, self.case))

    @cached_property
    def _inside(self) -> list[int | None]:
        starts = [room.start for rooms in self._plan.rooms for room in rooms]
        return self._plan.ways.inside(starts, self._plan.part)

    def _ways(self, moment: Moment, place: Place) -> list[Way]:
        since, before = self._plan.since(moment)
        return [((since, point), before + rest) for point, rest in self._plan.until(place)]

    def _may_be_beyond(self, limit: Limit) -> bool:
        most = limit.most.total_seconds()
        return all(self._may_take(since, limit.place, most) for since in limit.sinces)

    def _may_take(self, since: Moment, place: Place, most: float) -> bool:
        straight = self._straight(since, place)
        if straight is not None and straight > most:
            return True
        ways = self._ways(since, place)
        return any(self._plan.ways.most(*pair) + rest > most for pair, rest in ways)

    def _straight(self, since: Moment, place: Place) -> int | None:
        """Return what passes between two steps of one operation, by their own times."""
        if not isinstance(since, StepPlace) or not isinstance(place, StepPlace):
            return None
        if since.operation.path != place.operation.path or since.number >= place.number:
            return None
        sums, own = self._plan.sums(since.operation), self._plan.own(place.step)
        return sums[int(place.path[-1])] - sums[int(since.path[-1]) + 1] + own


def elapsed_of(outline: Outline, case: Case = Case.LEAST, *, in_line: bool = False) -> Elapsed:
    """Return the times of an outline, worked out once for all that ask."""
    known = ("elapsed", case, in_line)
    if known not in outline.shared:
        outline.shared[known] = Elapsed(outline, case, in_line)
    found: Elapsed = outline.shared[known]
    return found


def kept_only_in(
    quick: Elapsed, slow: Elapsed, limits: Iterable[Limit]
) -> Iterator[tuple[Limit, timedelta]]:
    """Yield the limits that are kept in one case and not in another, and what passes there."""
    beyond = slow.beyond(limits)
    while several := list(islice(beyond, TOGETHER)):
        least = quick.takes([limit for limit, _takes in several])
        for (limit, takes), shortest in zip(several, least, strict=True):
            if shortest is None or shortest <= limit.most:
                yield limit, takes
