"""The mark that a run of ``verify`` leaves: from that of a clean one the next run goes on.

It lies in the database, whose owner could raise its horizon so that an older change is never
looked at. So it is signed with the key of the checkpoints, together with the database that it is
of, and is believed only with that signature: without one the next run looks at everything.
"""

import base64
from collections.abc import Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, transaction

from mes.lib import clock
from mes.lib.evidence import canonical
from records import routing, signing
from records.entries import instant_text
from records.log import READER
from records.models import Verification
from records.signing import KeyUnusable

DOMAIN: Final = b"mes:mark:v1"
# So many findings are told in the mark; the run itself names them all.
TOLD: Final = 50
NOT_BELIEVED: Final = (
    "The mark of the last run is not signed by a key that is known here: everything was looked at."
)
NOT_SIGNED: Final = (
    "The key of the checkpoints cannot be used here: the mark is not signed, and the next run looks"
    " at everything again."
)
# A copy of a database has another object's number, a restored one another cluster.
SEEN = """
SELECT pg_current_snapshot()::text, pg_snapshot_xmin(pg_current_snapshot())::text,
       (SELECT system_identifier FROM pg_control_system()) || '/' || oid
  FROM pg_database WHERE datname = current_database()
"""


def seen() -> tuple[str, int, str]:
    """Return snapshot, horizon and database of the reader's running transaction."""
    with connections[READER].cursor() as cursor:
        cursor.execute(SEEN)
        snapshot, horizon, database = cursor.fetchone()
    return snapshot, int(horizon), database


def last(notes: list[str]) -> Verification | None:
    """Return the mark to go on from; None where there is none that can be believed."""
    mark = Verification.objects.exclude(rows=None).order_by("-id").first()
    if mark is None:
        return None
    _, horizon, database = seen()
    if mark.horizon <= horizon and _signed(mark, database):
        return mark
    notes.append(NOT_BELIEVED)
    return None


def leave(mark: Verification, *, entries: int, found: Sequence[str], notes: list[str]) -> None:
    """Write a mark of what a run found; from one with findings (its rows unknown) none goes on."""
    with routing.on(READER), transaction.atomic(using=READER):
        with connections[READER].cursor() as cursor:
            cursor.execute("SET TRANSACTION READ WRITE")
        mark.at, mark.entries = clock.now(), entries
        mark.findings, mark.found = len(found), list(found[:TOLD])
        if found:
            mark.rows = None
        key = _key()
        if key is None:
            notes.append(NOT_SIGNED)
        else:
            signature = key.sign(_content(mark, seen()[2]))
            mark.signature = base64.b64encode(signature).decode()
        mark.save(force_insert=True)


def _key() -> Ed25519PrivateKey | None:
    try:
        return signing.private_key()
    except (KeyUnusable, OSError, ValueError):
        return None


def _signed(mark: Verification, database: str) -> bool:
    signature, content = base64.b64decode(mark.signature), _content(mark, database)
    known = signing.public_keys().values()
    return any(signing.signed_by(key, signature=signature, content=content) for key in known)


def _content(mark: Verification, database: str) -> bytes:
    said: dict[str, Any] = {
        "database": database, "at": instant_text(mark.at), "horizon": str(mark.horizon),
        "entries": mark.entries, "snapshot": mark.snapshot, "rows": mark.rows,
        "findings": mark.findings, "found": mark.found, "whole": mark.whole,
    }  # fmt: skip
    return DOMAIN + canonical(said)
