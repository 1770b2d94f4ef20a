"""The outbox: what an act asks to be done later, kept in the act's own transaction.

    waiting → leased → done, or dead after MOST_ATTEMPTS

A worker leases due rows in a short transaction of its own. The effect's act has the
message's id as its command key and marks the message done in the same transaction, so that
an effect happens once however often the bell rings. A lapsed lease is rung again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from records.commands import SYSTEM_ROLE, Actor, Command
from records.enums import MessageState
from records.models import Message as MessageRow

LEASE_SECONDS = 120
MOST_ATTEMPTS = 5
# What failed is tried again after so many seconds: a store that is away comes back meanwhile.
AGAIN_AFTER_SECONDS = (2, 10, 30, 120)
BATCH = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be written, for one consumer."""

    id: UUID
    topic: str
    consumer: str
    payload: Mapping[str, JSON]
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A leased message, as its consumer sees it."""

    id: UUID
    topic: str
    consumer: str
    site: UUID | None
    zone: str
    payload: dict[str, str]
    attempts: int

    def command(self, name: str) -> Command:
        """Return the command of this message's effect: its key is the message's id."""
        actor = Actor(person=None, name="System", role=SYSTEM_ROLE, site=self.site, zone=self.zone)
        return Command(key=self.id, name=name, actor=actor, payload=self.payload)


Consumer = Callable[[Message], None]
_consumers: dict[str, dict[str, Consumer]] = {}


def subscribe(topic: str, *, consumer: str) -> Callable[[Consumer], Consumer]:
    """Register a consumer of ``topic`` under a name that is kept with each message."""

    def register(function: Consumer) -> Consumer:
        _consumers.setdefault(topic, {})[consumer] = function
        return function

    return register


def drafts(topic: str, payload: Mapping[str, JSON], *, not_before: datetime) -> list[Draft]:
    """Return one message for each subscriber of ``topic``."""
    return [
        Draft(uuid7(), topic, consumer, payload, not_before)
        for consumer in _consumers.get(topic, {})
    ]


LEASE = """
UPDATE records_message SET state = 'leased', attempts = attempts + 1,
       leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
 WHERE id IN (
    SELECT id FROM records_message
     WHERE state IN ('waiting', 'leased')
       AND not_before <= coalesce(%(simulated)s::timestamptz, clock_timestamp())
       AND (state = 'waiting' OR leased_until < clock_timestamp())
     ORDER BY not_before LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, topic, consumer, site, zone, payload, attempts
"""


def lease(*, limit: int = BATCH) -> list[Message]:
    """Take up to ``limit`` due messages for LEASE_SECONDS, in a transaction of its own."""
    with transaction.atomic(durable=True):
        rows = MessageRow.objects.raw(
            LEASE,
            {"seconds": LEASE_SECONDS, "simulated": clock.simulated(), "limit": limit},
        )
        return [
            Message(r.id, r.topic, r.consumer, r.site, r.zone, r.payload, r.attempts) for r in rows
        ]


def work(*, limit: int = BATCH) -> int:
    """Lease due messages and run their consumers; return how many were leased.

    A consumer that fails leaves its message waiting again, or dead after MOST_ATTEMPTS.
    """
    messages = lease(limit=limit)
    for message in messages:
        _consume(message)
    return len(messages)


def drain() -> int:
    """Work until nothing is due; return how many messages were handled (simulation, tests)."""
    handled = 0
    while taken := work():
        handled += taken
    return handled


def _consume(message: Message) -> None:
    try:
        _consumers[message.topic][message.consumer](message)
    except Exception as error:
        log.exception("message %s of %s failed", message.id, message.topic)
        put_back(message, problem=f"{type(error).__name__}: {error}")


def put_back(message: Message, *, problem: str) -> None:
    """Let a failed message be rung again later, or lay it among the dead letters."""
    rows = MessageRow.objects.filter(id=message.id, state=MessageState.LEASED)
    said = {"problem": problem[:2000], "leased_until": None}
    if message.attempts >= MOST_ATTEMPTS:
        rows.update(state=MessageState.DEAD, **said)
        return
    wait = AGAIN_AFTER_SECONDS[min(message.attempts, len(AGAIN_AFTER_SECONDS)) - 1]
    not_before = clock.now() + timedelta(seconds=wait)
    rows.update(state=MessageState.WAITING, not_before=not_before, **said)


def mark_done(message: Message, *, at: datetime) -> None:
    """Mark a message done inside the transaction of its effect."""
    MessageRow.objects.filter(id=message.id).update(
        state=MessageState.DONE, done_at=at, leased_until=None, problem=""
    )


def discard(message: Message) -> None:
    """Mark a message done whose effect turned out to be nothing."""
    mark_done(message, at=clock.now())


def due() -> int:
    """Count messages that wait to be taken now: what the relay rings for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM records_message
                WHERE state IN ('waiting', 'leased')
                  AND not_before <= coalesce(%s::timestamptz, clock_timestamp())
                  AND (state = 'waiting' OR leased_until < clock_timestamp())""",
            [clock.simulated()],
        )
        [count] = cursor.fetchone()
    return int(count)


def subscriptions() -> Sequence[tuple[str, str]]:
    """Return every (topic, consumer) pair that is registered."""
    return [(topic, name) for topic, named in _consumers.items() for name in named]
