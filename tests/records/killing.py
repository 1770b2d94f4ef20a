"""Rounds in which worker, relay and broker are killed at random while people go on working.

The moments are the seed's: each fault strikes when so many of the round's jobs are done.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
import redis
from django.db import connections

from mes.lib.embedded.process import wait_until
from mes.lib.ids import uuid7
from records.act import New, act
from tests.records import jobs
from tests.records.trial import SITE, command, stream_with
from tests.support.processes import WorkerProcess

THINGS = 20
PEOPLE = 2
JOBS_PER_ACT = 4
# A restarted worker has to import everything first; then it drains.
PATIENCE_SECONDS = 120
MOMENT_SECONDS = 15
STATES = "SELECT state, count(*) FROM records_message WHERE topic = %s GROUP BY state"
EFFECTS = """
SELECT convert_from(body, 'UTF8')::json -> 'payload' ->> 'text' FROM records_entry
 WHERE role = 'system' AND stream = ANY(%s)
"""


@dataclass
class Round:
    """What one round did, and what came of it."""

    seed: int
    jobs: int
    faults: list[str] = field(default_factory=list)
    acts: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    drained: float = 0.0

    @property
    def slowest_act(self) -> float:
        """How long the longest act of a person took, in seconds."""
        return max(self.acts)

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled, and nobody was told no."""
        return not (self.lost or self.doubled or self.failed)


class Killing:
    """Runs rounds on one worker, relay and broker, which it kills and starts again."""

    def __init__(self, running: WorkerProcess, owner: psycopg.Connection) -> None:
        self.running, self.owner = running, owner
        self.kinds: dict[str, Callable[[], None]] = {
            "worker": self._worker,
            "child": self._child,
            "relay": self._relay,
            "broker": self._broker,
            "flush": self._flush,
            "all": self._all,
        }

    def round(self, *, seed: int, jobs: int, faults: int) -> Round:
        """Do ``jobs`` jobs while ``faults`` faults strike; return what came of it."""
        chance = random.Random(seed)
        planned = [(chance.randrange(jobs), chance.choice(list(self.kinds))) for _ in range(faults)]
        said = Round(seed, jobs, [f"{kind} at {moment}" for moment, kind in sorted(planned)])
        before = self._count().get("done", 0)
        begun = time.monotonic()
        streams = [stream_with("begins") for _ in range(THINGS)]
        with ThreadPoolExecutor(PEOPLE) as pool:
            people = [pool.submit(self._person, said, streams, n) for n in range(PEOPLE)]
            for moment, kind in sorted(planned):
                wait_until(
                    lambda m=moment: self._count().get("done", 0) - before >= m,  # type: ignore[misc]
                    seconds=MOMENT_SECONDS,
                )
                self.kinds[kind]()
            last = time.monotonic()
            for one in people:
                one.result()
        wait_until(lambda: not self._open(), seconds=PATIENCE_SECONDS)
        said.seconds, said.drained = time.monotonic() - begun, time.monotonic() - last
        self._judge(said, streams)
        return said

    def _person(self, said: Round, streams: Sequence[UUID], number: int) -> None:
        """Ask for a share of the jobs, one act after the other."""
        try:
            for first in range(number * JOBS_PER_ACT, said.jobs, PEOPLE * JOBS_PER_ACT):
                begun = time.monotonic()
                try:
                    self._ask(said, streams, first)
                except Exception as error:  # noqa: BLE001 - whatever a person would see
                    said.failed.append(repr(error))
                said.acts.append(time.monotonic() - begun)
        finally:
            connections.close_all()

    def _ask(self, said: Round, streams: Sequence[UUID], first: int) -> None:
        with act(command(), new=[New("trial", uuid7(), SITE)]) as a:
            for job in range(first, min(first + JOBS_PER_ACT, said.jobs)):
                where = streams[job % len(streams)]
                a.enqueue(jobs.TOPIC, {"stream": str(where), "number": str(job)})

    def _judge(self, said: Round, streams: Sequence[UUID]) -> None:
        """Count each job's effects in the ledger itself, past every view of the outbox."""
        rows = self.owner.execute(EFFECTS, [list(streams)]).fetchall()
        effects = Counter(text for (text,) in rows)
        said.lost = [str(job) for job in range(said.jobs) if not effects[str(job)]]
        said.doubled = [text for text, times in effects.items() if times > 1]
        said.states = self._count()

    def _count(self) -> dict[str, int]:
        return dict(self.owner.execute(STATES, [jobs.TOPIC]).fetchall())

    def _open(self) -> int:
        return sum(n for state, n in self._count().items() if state not in ("done", "dead"))

    def _worker(self) -> None:
        self.running.kill("worker")
        self.running.start_worker()

    def _child(self) -> None:
        """Kill one process of the worker's pool; the worker itself starts another."""
        parent = self.running.running["worker"].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        with suppress(ProcessLookupError):
            for child in children[:1]:
                os.kill(int(child), signal.SIGKILL)

    def _relay(self) -> None:
        self.running.kill("relay")
        self.running.start_relay()

    def _broker(self) -> None:
        with suppress(redis.RedisError):
            os.kill(int(self.running.broker.client().info("server")["process_id"]), signal.SIGKILL)
        wait_until(lambda: not self.running.broker.running(), seconds=10)
        threading.Event().wait(0.3)
        self.running.broker.start()

    def _flush(self) -> None:
        self.running.broker.client().flushall()

    def _all(self) -> None:
        self.running.kill("worker")
        self.running.kill("relay")
        self._flush()
        self._broker()
        self.running.start_relay()
        self.running.start_worker()
