"""An act's one instant is read once its locks are had, never before it waited for them."""

import threading
from datetime import datetime

import pytest
from django.db import connection, connections

from mes.lib.embedded.process import wait_until
from records.act import act
from tests.records.trial import TrialSaid, command, stream_with

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


@pytest.mark.req("P11-10e1")
def test_the_instant_lies_behind_the_wait_for_the_lock(committed_db: str) -> None:
    stream = stream_with("first")
    instants: list[datetime] = []

    def second() -> None:
        with act(command(), streams=[stream]) as b:
            b.append(stream, TrialSaid(text="behind"))
            instants.append(b.now)
        connections.close_all()

    waiting = threading.Thread(target=second)
    with act(command(), streams=[stream]) as a:
        waiting.start()
        assert wait_until(lambda: _waits(committed_db), seconds=2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            [begun] = cursor.fetchone()
        a.append(stream, TrialSaid(text="before"))
    waiting.join()
    [behind] = instants
    assert behind > begun


def _waits(database: str) -> bool:
    """Say whether a session of this database waits for a lock (asked anew, in its own one)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING, [database])
        return bool(cursor.fetchone() != (0,))
