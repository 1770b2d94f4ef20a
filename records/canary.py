"""The canary: a message every half minute that must come out of a worker.

A worker may be up and deaf. What proves that work is done is that work comes out, so the
health page shows the age of the last canary that did.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from mes.lib import clock
from records.enums import MessageState
from records.models import Message

CANARY = "canary"
EVERY = timedelta(seconds=30)
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


def last_seen() -> datetime | None:
    """Return when a canary last came out of a worker."""
    return Message.objects.filter(id=_ID).values_list("done_at", flat=True).first()


def waits_since() -> datetime | None:
    """Return since when a canary is under way, or None when it is home."""
    row = Message.objects.filter(id=_ID).exclude(state=MessageState.DONE).first()
    return row.not_before if row else None


def is_singing(*, within: timedelta = timedelta(seconds=60)) -> bool:
    """Whether the way from outbox to worker was seen open in the last minute."""
    since = waits_since()
    if since is None:
        return last_seen() is not None
    return clock.now() - since < within
