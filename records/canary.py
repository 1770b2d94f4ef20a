"""The canary: a message every half minute that must come out of a worker.

A worker may be up and deaf. What proves that work is done is that work comes out, so the
health page shows the age of the last canary that did.
"""

from datetime import timedelta
from uuid import UUID

from django.db import connection

CANARY = "canary"
EVERY = timedelta(seconds=30)
# The next one is released EVERY after the last, and may take as long to come home. What counts is
# the last that came: after a restart an old one says nothing, and one under way has not arrived.
LATEST = 2 * EVERY
_ID = UUID("00000000-0000-7000-8000-000000000001")


def release() -> None:
    """Put the one canary message out again, if the last one came home EVERY ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO records_message
                   (id, topic, consumer, payload, cause, not_before, state, attempts, problem, zone)
               VALUES (%s, %s, 'records.canary', '{}', %s, clock_timestamp(),
                       'waiting', 0, '', 'UTC')
               ON CONFLICT (id) DO UPDATE SET state = 'waiting', attempts = 0,
                   not_before = clock_timestamp()
               WHERE records_message.state IN ('done', 'dead')
                 AND records_message.not_before < clock_timestamp() - make_interval(secs => %s)""",
            [_ID, CANARY, _ID, EVERY.total_seconds()],
        )


def age() -> timedelta | None:
    """Return how long ago a canary last came out of a worker, by the database's clock.

    None when none ever did.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - done_at FROM records_message WHERE id = %s", [_ID]
        )
        row = cursor.fetchone()
    return row[0] if row else None
