"""The outbox: what an act asks to be done later, kept in the act's own transaction.

    waiting → leased → done, or dead after MOST_ATTEMPTS

A worker leases due rows in a short transaction of its own. The effect's act has the
message's id as its command key and marks the message done in the same transaction, so that
an effect happens once however often the bell rings. A lapsed lease is rung again.
"""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
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


# A worker's leases end with its session. Behind a pooler that shares sessions a lease may seem
# to end too early: work is then begun twice, its effect still happens once.
LAPSED = """(state = 'leased' AND (leased_until < clock_timestamp()
       OR leased_by <> ALL (ARRAY(SELECT pid FROM pg_stat_activity))))"""
NOW = "coalesce(%(simulated)s::timestamptz, clock_timestamp())"
# Innocent ones go to the end of those that are due; what lapses again waits for longer.
RECLAIM = f"""
UPDATE records_message SET state = CASE WHEN attempts < %(most)s THEN 'waiting' ELSE 'dead' END,
       leased_until = NULL, leased_by = NULL, problem = 'The worker ended, or took too long.',
       not_before = {NOW} + make_interval(secs => (%(waits)s::int[])[attempts])
 WHERE id IN (SELECT id FROM records_message WHERE {LAPSED} FOR UPDATE SKIP LOCKED)
"""
LEASE = f"""
WITH first AS (
    SELECT id, attempts FROM records_message WHERE state = 'waiting' AND not_before <= {NOW}
     ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED),
fresh AS (
    SELECT id FROM records_message WHERE state = 'waiting' AND not_before <= {NOW}
       AND attempts = 0 AND (SELECT attempts FROM first) = 0
     ORDER BY not_before LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE records_message SET state = 'leased', attempts = attempts + 1, leased_by = pg_backend_pid(),
       leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
 WHERE id IN (SELECT id FROM first UNION SELECT id FROM fresh)
RETURNING id, topic, consumer, site, zone, payload, attempts
"""
DUE = f"""
SELECT count(*) FROM records_message
 WHERE (state = 'waiting' AND not_before <= {NOW}) OR {LAPSED}
"""

OLDEST = f"""
SELECT {NOW} - min(not_before) FROM records_message
 WHERE state IN ('waiting', 'leased') AND not_before <= {NOW}
"""


def lease(*, limit: int = BATCH) -> list[Message]:
    """Take up to ``limit`` due messages for LEASE_SECONDS, in a transaction of its own.

    A message that was tried before is taken alone. One whose worker ended at the last of its
    tries becomes a dead letter.
    """
    params = {
        "seconds": LEASE_SECONDS, "simulated": clock.simulated(), "limit": limit,
        "most": MOST_ATTEMPTS, "waits": [0, *AGAIN_AFTER_SECONDS],
    }  # fmt: skip
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(RECLAIM, params)
        rows = MessageRow.objects.raw(LEASE, params)
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
        put_back(message, problem=problem_of(error))


def problem_of(error: Exception) -> str:
    """Return what went wrong and where, for people: no value that the error may quote.

    A refusal has its code; an error of the database its state and constraint; any other one the
    last place in this project. The worker's log has the rest.
    """
    name = type(error).__name__
    if isinstance(error, Refusal):
        return f"{name} {error.code}"
    if isinstance(error, DatabaseError) and (cause := error.__cause__) is not None:
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        return " ".join(filter(None, (name, getattr(cause, "sqlstate", None), constraint)))
    return f"{name} in {_place(error)}"


def _place(error: Exception) -> str:
    """Return file, line and function of the innermost frame of this project."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(settings.BASE_DIR)]
    last = (ours or frames)[-1]
    folder = Path(last.filename)
    return f"{'/'.join(folder.parts[-2:])}:{last.lineno} ({last.name})"


def put_back(message: Message, *, problem: str) -> None:
    """Let a failed message be rung again later, or lay it among the dead letters."""
    rows = MessageRow.objects.filter(id=message.id, state=MessageState.LEASED)
    said = {"problem": problem[:2000], "leased_until": None, "leased_by": None}
    if message.attempts >= MOST_ATTEMPTS:
        rows.update(state=MessageState.DEAD, **said)
        return
    wait = AGAIN_AFTER_SECONDS[min(message.attempts, len(AGAIN_AFTER_SECONDS)) - 1]
    not_before = clock.now() + timedelta(seconds=wait)
    rows.update(state=MessageState.WAITING, not_before=not_before, **said)


def mark_done(message: Message, *, at: datetime) -> None:
    """Mark a message done inside the transaction of its effect (``Act.done``, ``act.discard``)."""
    MessageRow.objects.filter(id=message.id).update(
        state=MessageState.DONE, done_at=at, leased_until=None, leased_by=None, problem=""
    )


def due() -> int:
    """Count messages that wait to be taken now: what the relay rings for."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"simulated": clock.simulated()})
        [found] = cursor.fetchone()
    return int(found)


def oldest_due() -> timedelta:
    """Return for how long the first of the due messages waits: nothing when none does."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, {"simulated": clock.simulated()})
        [waits] = cursor.fetchone()
    return timedelta() if waits is None else waits


def subscriptions() -> Sequence[tuple[str, str]]:
    """Return every (topic, consumer) pair that is registered."""
    return [(topic, name) for topic, named in _consumers.items() for name in named]


def dead() -> int:
    """Count the dead letters of all sites, for the health page."""
    return MessageRow.objects.filter(state=MessageState.DEAD).count()
