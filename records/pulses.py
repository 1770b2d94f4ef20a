"""Signs of life of the processes that nobody sees: the relay and the checkpointer.

A checkpointer that refuses to sign must be seen by people, not only in its log: it writes why
into its row, which pages show (``mes.state``). The relay, being the application, also says what of
the checkpoints it could reach, which ``verify`` repeats.
"""

import os
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from records import signing
from records.log import READER
from records.models import Pulse
from records.places import S3

RELAY, CHECKPOINT = "relay", "checkpoint"
KEY, PLACE = "key", "place"
REACHES = {
    KEY: "The application can read the key of the checkpoints: it could sign what it likes.",
    PLACE: "The application can write where the checkpoints lie: for show only.",
}

BEAT = """
INSERT INTO records_pulse (name, at, problem, since, reaches)
VALUES (%(name)s, clock_timestamp(), %(problem)s,
        CASE WHEN %(problem)s <> '' THEN clock_timestamp() END, %(reaches)s)
ON CONFLICT (name) DO UPDATE SET at = clock_timestamp(), problem = %(problem)s,
    reaches = %(reaches)s,
    since = CASE WHEN %(problem)s <> '' THEN coalesce(records_pulse.since, clock_timestamp()) END
"""


def relay_beats() -> None:
    """Say that the relay is alive, and what it can reach that it must not."""
    params = {"name": RELAY, "problem": "", "reaches": " ".join(within_reach())}
    with connections["default"].cursor() as cursor:
        cursor.execute(BEAT, params)


def checkpointer_beats(problem: str = "") -> None:
    """Say that the checkpointer looked, and what kept it from signing."""
    with transaction.atomic(using=READER), connections[READER].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        params = {"name": CHECKPOINT, "problem": problem[:2000], "reaches": ""}
        cursor.execute(BEAT, params)


def within_reach() -> list[str]:
    """Return what of the checkpoints this process could read or write: KEY, PLACE."""
    named = str(settings.MES_CHECKPOINTS)
    secret = bool(os.environ.get("AWS_SECRET_ACCESS_KEY"))
    writes = secret if named.startswith(S3) else os.access(Path(named), os.W_OK)
    found = {KEY: os.access(signing.key_path(), os.R_OK), PLACE: writes}
    return [what for what, reached in found.items() if reached]


def reached() -> list[str]:
    """Return the sentences of what the relay said to reach, for ``verify``."""
    rows = Pulse.objects.using(READER).filter(name=RELAY).values_list("reaches", flat=True)
    return [REACHES[word] for text in rows for word in text.split() if word in REACHES]
