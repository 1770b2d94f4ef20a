"""The state of the system: does each part do its work, and are the records sealed?

Read by the machine that watches (``mes.health``) and by people (``mes.system``), from the same
rows: the canary's message, the outbox and the signs of life.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from records import canary, outbox
from records.pulses import CHECKPOINT, RELAY

# The relay says that it lives every five seconds, the checkpointer every minute.
RELAY_LATE = timedelta(seconds=30)
CHECKPOINT_LATE = timedelta(minutes=3)

PULSES = "SELECT name, clock_timestamp() - at, problem, since, reaches FROM records_pulse"
NEVER: tuple[Any, ...] = (None, "", None, "")
LAST = "SELECT size, clock_timestamp() - at::timestamptz FROM records_checkpoint"
# Everything is looked at once a night; what is new again and again meanwhile.
WHOLE_LATE = timedelta(hours=36)
VERIFIED = """
SELECT (SELECT clock_timestamp() - max(at) FROM records_verification WHERE whole), findings, found
  FROM (VALUES (true)) one LEFT JOIN LATERAL (
       SELECT findings, found FROM records_verification ORDER BY id DESC LIMIT 1) newest ON true
"""
ASKED_BY_PAGES = """
SELECT clock_timestamp() - p.at, p.problem, p.since,
       (SELECT findings FROM records_verification ORDER BY id DESC LIMIT 1)
  FROM (VALUES (%s)) asked (name) LEFT JOIN records_pulse p USING (name)
"""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What the checkpointer says of itself, and the newest checkpoint that it kept here."""

    looked: timedelta | None
    problem: str
    since: datetime | None
    size: int
    age: timedelta | None

    # What the newest verification found, of whatever it looked at.
    findings: int = 0

    @property
    def works(self) -> bool:
        """Whether it looked of late and nothing keeps it from signing."""
        return self.looked is not None and self.looked < CHECKPOINT_LATE and not self.problem


@dataclass(frozen=True, slots=True)
class Verifying:
    """How long ago everything was last looked at, and what the newest run of all found.

    ``found`` names the first of the findings: where, and what kind of difference, without values.
    """

    whole: timedelta | None
    findings: int
    found: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether everything was looked at of late and the newest run found nothing."""
        return self.whole is not None and self.whole < WHOLE_LATE and not self.findings


@dataclass(frozen=True, slots=True)
class State:
    """Each part as it was found at one moment. Times are by the database's clock."""

    broker: bool
    relay: timedelta | None
    canary: timedelta | None
    oldest: timedelta
    dead: int
    sealing: Sealing
    verifying: Verifying
    reaches: tuple[str, ...]

    @property
    def relay_works(self) -> bool:
        """Whether the relay said of late that it lives."""
        return self.relay is not None and self.relay < RELAY_LATE

    @property
    def worker_works(self) -> bool:
        """Whether a canary came out of a worker of late."""
        return self.canary is not None and self.canary < canary.LATEST

    @property
    def works(self) -> bool:
        """Whether what people ask for is also done. Unsealed records hold nobody up."""
        return self.broker and self.relay_works and self.worker_works


def state() -> State:
    """Look at every part. Raises DatabaseError where even the database is away."""
    pulses = {row[0]: row[1:] for row in _rows(PULSES)}
    relay = pulses.get(RELAY)
    return State(
        broker=_broker(),
        relay=relay[0] if relay else None,
        canary=canary.age(),
        oldest=outbox.oldest_due(),
        dead=outbox.dead(),
        sealing=_sealing(pulses.get(CHECKPOINT, NEVER)),
        verifying=_verifying(),
        reaches=tuple(relay[3].split()) if relay else (),
    )


def sealing() -> Sealing:
    """Look at checkpointer and verification alone, in one query: every page asks.

    Names no checkpoint.
    """
    [(looked, problem, since, findings)] = _rows(ASKED_BY_PAGES, [CHECKPOINT])
    return Sealing(looked, problem or "", since, size=0, age=None, findings=findings or 0)


def _sealing(pulse: Any) -> Sealing:
    looked, problem, since, _ = pulse
    last = _rows(f"{LAST} ORDER BY size DESC LIMIT 1")
    size, age = last[0] if last else (0, None)
    return Sealing(looked, problem, since, size, age)


def _verifying() -> Verifying:
    [(whole, findings, found)] = _rows(VERIFIED)
    return Verifying(whole, findings or 0, tuple(json.loads(found or "[]")))


def database_answers() -> bool:
    """Whether the database is there, with this product's tables."""
    try:
        return _rows("SELECT 1 FROM django_migrations LIMIT 1") == [(1,)]
    except DatabaseError:
        return False


def _rows(sql: str, params: Sequence[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def _broker() -> bool:
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2
        )
        return bool(client.ping())
    except redis.RedisError:
        return False
