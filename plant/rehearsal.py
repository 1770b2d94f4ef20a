"""The rehearsal: many patients at once in one plant, in simulated time, on the real services."""

import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import connections

from mes.lib import clock
from plant.arrival import Patient
from plant.patient import live
from plant.plant import Plant, open_plant
from records.models import Entry
from records.routing import on
from records.verification import READER, Report, verify

MONDAY = datetime(2027, 1, 4, 6, tzinfo=UTC)
BETWEEN_ARRIVALS_HOURS = (6, 40)


@dataclass(slots=True)
class Summary:
    """What a rehearsal did. ``double_bookings`` counts pairs of claims that shared hours."""

    patients: int
    recipe: str
    seed: int
    released: int = 0
    steps: int = 0
    exceptions: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    claims: int = 0
    double_bookings: int = 0
    entries: int = 0
    verified: bool = False
    differences: list[str] = field(default_factory=list)
    simulated_days: float = 0
    seconds: float = 0

    @property
    def good(self) -> bool:
        """Everybody released, nothing booked twice, everything verified."""
        return self.verified and not self.double_bookings and self.released == self.patients


def rehearse(
    *, patients: int, recipe: str, seed: int, text: bytes | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> Summary:  # fmt: skip
    """Run patients from order to release in the database that is set up for it.

    ``text`` is a recipe of one's own with that code; without it the library's is meant.
    ``done`` hears the total number of steps performed so far.
    """
    began = time.monotonic()
    summary = Summary(patients=patients, recipe=recipe, seed=seed)
    clock.simulate(MONDAY)
    try:
        plant = open_plant(texts=[text]) if text else open_plant(recipes=(recipe,))
        everybody = arrivals(plant, patients=patients, recipe=recipe, seed=seed)
        run(everybody, after=lambda: done(sum(p.steps for p, _ in everybody)))
        _count(summary, [p for p, _ in everybody])
        summary.simulated_days = (clock.now() - MONDAY) / timedelta(days=1)
        _verify(summary, verify(everything=True))
    finally:
        clock.simulate(None)
    summary.seconds = round(time.monotonic() - began, 1)
    return summary


def arrivals(
    plant: Plant, *, patients: int, recipe: str, seed: int
) -> list[tuple[Patient, Iterator[datetime]]]:
    """Return the patients with their lives, arriving at seeded intervals."""
    luck, at, made = Random(seed), clock.now(), []
    for number in range(1, patients + 1):
        one = Patient(plant=plant, number=number, recipe=recipe, luck=Random(luck.random()))
        made.append((one, live(one, start=at)))
        at += timedelta(hours=luck.randint(*BETWEEN_ARRIVALS_HOURS))
    return made


def run(
    everybody: list[tuple[Patient, Iterator[datetime]]],
    *,
    after: Callable[[], None] = lambda: None,
    until: datetime | None = None,
) -> None:
    """Wake the patients in the order of their instants until all lives, or time, are over."""
    waiting = [(next(life), number, life) for number, (_, life) in enumerate(everybody)]
    heapq.heapify(waiting)
    while waiting:
        at, number, life = heapq.heappop(waiting)
        if until is not None and at > until:
            return
        clock.simulate(max(at, clock.now()))
        following = next(life, None)
        if following is not None:
            heapq.heappush(waiting, (following, number, life))
        after()


def _count(summary: Summary, patients: list[Patient]) -> None:
    refusals: Counter[str] = Counter()
    for patient in patients:
        refusals.update(patient.refused)
    summary.released = sum(patient.released for patient in patients)
    summary.steps = sum(patient.steps for patient in patients)
    summary.refusals = dict(refusals)
    summary.exceptions = _scalar("SELECT count(*) FROM batches_batchexception")
    summary.claims = _scalar("SELECT count(*) FROM equipment_claim")
    summary.double_bookings = _scalar(DOUBLE_BOOKINGS)
    with on(READER):
        summary.entries = Entry.objects.count()


DOUBLE_BOOKINGS = """
SELECT count(*) FROM equipment_claim a JOIN equipment_claim b
    ON a.stream = b.stream AND a.id < b.id AND a.during && b.during
 WHERE a.state IN ('planned', 'occupied', 'released')
   AND b.state IN ('planned', 'occupied', 'released')
"""


def _scalar(sql: str) -> int:
    with connections[READER].cursor() as cursor:
        cursor.execute(sql)
        row: Any = cursor.fetchone()
    return int(row[0])


def _verify(summary: Summary, report: Report) -> None:
    summary.verified = report.clean
    summary.differences = [str(one) for one in report.differences[:20]]
