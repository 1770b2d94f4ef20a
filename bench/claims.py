"""SET claims: many who want the same place at once, and swaps and chains of claims.

The baseline of one winner is the same number of acts on places of their own: what the race
itself costs.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from django.db import connections

from bench.measure import Figure, p95, scaled
from equipment.enums import OpennessPolicy, ResourceKind
from equipment.services import rooms
from equipment.services.bookings import claim_resource, swap_claims
from equipment.services.claims import Booking, Holder
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from plant.crew import Crew
from plant.plant import open_plant

PLACES = 24
LIMIT_SECONDS = 2.0


def figures(*, attempts: int = 200, rounds: int = 3) -> Iterator[Figure]:
    """Measure; yields the lines of the table."""
    crew = open_plant(recipes=("SIX-STEPS",)).crew
    places = _hall(crew)
    raced, apart = _Race(crew), _Race(crew)
    for number in range(rounds):
        start = clock.now() + timedelta(days=number + 1)
        raced.run([_claim(crew, places[0], start)] * attempts)
        spread = [places[1 + n % (PLACES - 1)] for n in range(attempts)]
        hours = [start + timedelta(hours=n) for n in range(attempts)]
        apart.run([_claim(crew, p, h) for p, h in zip(spread, hours, strict=True)])
    size = f"{rounds} rounds of {attempts} at once"
    yield _figure("claim one place, slowest / places of their own", raced, apart, size)
    yield _exact("one winner in each round", raced.won, rounds, size)
    yield _exact("clean refusals", raced.refused, rounds * (attempts - 1), size)
    yield from _swaps(crew, places, attempts=attempts)


def _swaps(crew: Crew, places: list[UUID], *, attempts: int) -> Iterator[Figure]:
    start = clock.now() + timedelta(days=60)
    claims = [_made(crew, place, start) for place in places]
    race = _Race(crew)
    pairs = [(claims[n % PLACES], claims[(n * 7 + 1) % PLACES]) for n in range(attempts)]
    race.run([_swap(crew, one, other) for one, other in pairs if one != other])
    size = f"{attempts} swaps over {PLACES} places"
    yield _exact("swaps that neither won nor were refused", race.failed, 0, size)


def _hall(crew: Crew) -> list[UUID]:
    room = rooms.open_room(
        command=crew.setup("room"), code="HB", name="Bench", room_class="grade-C",
        policy=OpennessPolicy.CLOSED,
    )  # fmt: skip
    return [
        UUID(
            str(
                rooms.make_place(
                    command=crew.setup("place"), room=UUID(str(room["id"])), number=n,
                    label=f"P{n}", barcode=f"HB-P{n}",
                )["id"]
            )
        )
        for n in range(1, PLACES + 1)
    ]  # fmt: skip


def _booking(place: UUID, start: object) -> Booking:
    holder = Holder(id=uuid7(), label="B-BENCH")
    return Booking(
        kind=ResourceKind.PLACE, resource=place, holder=holder, purpose="work",
        start=start, end=start + timedelta(hours=1),  # type: ignore[arg-type,operator]
    )  # fmt: skip


def _claim(crew: Crew, place: UUID, start: object) -> Callable[[], object]:
    return lambda: claim_resource(
        command=crew.command("lindqvist", "claim"), booking=_booking(place, start)
    )


def _made(crew: Crew, place: UUID, start: object) -> UUID:
    reply = claim_resource(
        command=crew.command("lindqvist", "claim"), booking=_booking(place, start)
    )
    claims = reply["claims"]
    assert isinstance(claims, list)
    return UUID(str(claims[0]))


def _swap(crew: Crew, one: UUID, other: UUID) -> Callable[[], object]:
    return lambda: swap_claims(command=crew.command("lindqvist", "swap"), one=one, other=other)


class _Race:
    """Threads that all start at one signal; counts who won, was refused, or failed."""

    def __init__(self, crew: Crew) -> None:
        self.won = self.refused = self.failed = 0
        self.seconds: list[float] = []
        self._lock = threading.Lock()

    def run(self, acts: list[Callable[[], object]]) -> None:
        """Run every act in a thread of its own, all at once."""
        gate = threading.Barrier(len(acts))
        threads = [threading.Thread(target=self._one, args=(act, gate)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _one(self, act: Callable[[], object], gate: threading.Barrier) -> None:
        # Web processes keep their connections open; the race is for the place.
        connections["default"].ensure_connection()
        gate.wait()
        began = time.perf_counter()
        try:
            act()
            outcome = "won"
        except Refusal:
            outcome = "refused"
        except Exception as error:  # noqa: BLE001 - counted, and said
            print(f"  {type(error).__name__}: {error}")
            outcome = "failed"
        taken = time.perf_counter() - began
        connections.close_all()
        with self._lock:
            setattr(self, outcome, getattr(self, outcome) + 1)
            self.seconds.append(taken)


def _figure(name: str, raced: _Race, apart: _Race, size: str) -> Figure:
    slowest, baseline = max(raced.seconds), max(apart.seconds)
    allowed = scaled(LIMIT_SECONDS)
    detail = f"{size}; p95 {p95(raced.seconds):.2f} s; {allowed:.2f} s allowed for the slowest"
    return Figure(
        name, detail, f"{slowest:.2f} s", f"{baseline:.2f} s", slowest / baseline,
        kept=slowest <= allowed,
    )  # fmt: skip


def _exact(name: str, found: int, wanted: int, size: str) -> Figure:
    """A count that has to be exact: the ratio is 1 when it is, and fails otherwise."""
    return Figure(name, size, str(found), str(wanted), 1.0, kept=found == wanted)
