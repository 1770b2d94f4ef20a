"""What a rehearsal shows: the lives of simulated patients, and their figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from recipes.document import Recipe

Exceptional = tuple[str, str]


@dataclass
class Life:
    """One simulated patient. Times count from the end of the collection."""

    made: timedelta = timedelta()
    released: timedelta = timedelta()
    exceptions: set[Exceptional] = field(default_factory=set)
    waited: dict[str, timedelta] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    people: timedelta = timedelta()
    rooms: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Spread:
    """How a figure is spread over the patients, in hours."""

    p5: float
    p50: float
    p95: float
    mean: float

    @classmethod
    def of(cls, times: list[timedelta]) -> Spread:
        """Return the spread of some durations; there is at least one."""
        hours = sorted(time / timedelta(hours=1) for time in times)
        last = len(hours) - 1
        p5, p50, p95 = (hours[round(last * share)] for share in (0.05, 0.5, 0.95))
        return cls(*(round(one, 2) for one in (p5, p50, p95, sum(hours) / len(hours))))


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal shows; shares are of the patients, hours are means unless spread."""

    patients: int
    seed: int
    made: Spread
    released: Spread
    turn_rounds: tuple[float, ...]
    exceptions: tuple[tuple[str, str, float], ...]
    without_exception: float
    in_specification: float
    specification: Mapping[str, float]
    longest_steps: tuple[tuple[str, float], ...]
    person_hours: float
    room_hours: Mapping[str, float]


def _ranked(met: Counter[Exceptional]) -> list[tuple[Exceptional, int]]:
    """Return what was met, the most often met first; in one order wherever it is computed."""
    return sorted(met.items(), key=lambda row: (-row[1], row[0]))


def summary(recipe: Recipe, lives: Sequence[Life], seed: int) -> Rehearsed:
    """Return what the lives of some patients show."""
    count = len(lives)
    met = Counter(one for life in lives for one in life.exceptions)
    failed = Counter(key for life in lives for key in life.failed)
    waited: Counter[str] = Counter()
    rooms: Counter[str] = Counter()
    for life in lives:
        waited.update({path: int(time.total_seconds()) for path, time in life.waited.items()})
        rooms.update(life.rooms)
    made = [life.made for life in lives]
    people = sum((life.people for life in lives), timedelta())
    return Rehearsed(
        patients=count,
        seed=seed,
        made=Spread.of(made),
        released=Spread.of([life.released for life in lives]),
        turn_rounds=tuple(sorted(round(life.released / timedelta(days=1), 3) for life in lives)),
        exceptions=tuple((path, code, share / count) for (path, code), share in _ranked(met)),
        without_exception=sum(not life.exceptions for life in lives) / count,
        in_specification=sum(not life.failed for life in lives) / count,
        specification={i.key: 1 - failed[i.key] / count for i in recipe.specification},
        longest_steps=tuple(
            (path, round(seconds / 3600 / count, 2)) for path, seconds in waited.most_common(10)
        ),
        person_hours=round(people / timedelta(hours=1) / count, 2),
        room_hours={name: round(s / 3600 / count, 2) for name, s in rooms.most_common()},
    )
