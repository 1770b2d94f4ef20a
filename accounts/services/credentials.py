"""Secrets: set, checked and throttled. Hashing is slow on purpose and happens in no act."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from accounts import rules
from accounts.entries import CredentialChanged
from accounts.enums import CredentialKind
from accounts.exceptions import CredentialBlocked, LockedOut
from accounts.models import Attempt, Credential
from accounts.permissions import Permission
from accounts.selectors import person_of
from accounts.validators import check_secret
from mes.lib import clock
from records.act import act, acting
from records.commands import Command, Reply

# reliability.md 47: five tries for each person and device, ten for each secret.
TRIES_HERE: Final = 5
TRIES_EVERYWHERE: Final = 10
WINDOW: Final = timedelta(minutes=15)
EVERYWHERE: Final = UUID(int=0)
DESK: Final = UUID(int=1)


def set_credential(*, command: Command, person: UUID, kind: str, secret: str) -> Reply:
    """Set a person's PIN or password; appends ``credential.changed``, without the secret.

    Done by the person, an administrator or the first set-up. Unblocks what too many wrong
    tries had blocked. Raises WeakSecret, NotAllowed, NotFound.
    """
    check_secret(kind, secret)
    return _keep_hash(command=command, person=person, kind=kind, hashed=make_password(secret))


@acting
def _keep_hash(*, command: Command, person: UUID, kind: str, hashed: str) -> Reply:
    with act(command, streams=[person]) as a:
        person_of(person)
        if a.actor.person != person:
            rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        a.append(person, CredentialChanged(credential=kind))
        Credential.objects.update_or_create(
            person_id=person, kind=kind, defaults={"hash": hashed, "changed_at": a.now}
        )
        forget_attempts(person, kind)
        a.reply = {"id": str(person)}
    return a.reply


def holds(person: UUID | None, kind: CredentialKind, secret: str, *, scope: UUID) -> bool:
    """Say whether ``secret`` is the person's; counts the try before it hashes.

    ``scope`` is the device. Raises LockedOut, CredentialBlocked. For nobody it takes as long.
    """
    if person is None:
        make_password(secret)
        return False
    count_attempt(person, kind, scope=scope, at=clock.now())
    found = Credential.objects.filter(person=person, kind=kind).first()
    right = found is not None and check_password(secret, found.hash)
    if right:
        forget_attempts(person, kind, scopes=[scope, EVERYWHERE])
    return right


COUNT = """
INSERT INTO accounts_attempt AS a (person_id, kind, scope, tries, first_at)
VALUES (%(person)s, %(kind)s, %(scope)s, 1, %(at)s)
ON CONFLICT (person_id, kind, scope) DO UPDATE
   SET tries = CASE WHEN a.tries = 0 OR a.first_at < %(start)s THEN 1 ELSE a.tries + 1 END,
       first_at = CASE WHEN a.tries = 0 OR a.first_at < %(start)s
                       THEN EXCLUDED.first_at ELSE a.first_at END
RETURNING tries, first_at
"""


def count_attempt(person: UUID, kind: CredentialKind, *, scope: UUID, at: datetime) -> None:
    """Count a try here and everywhere. Raises LockedOut, CredentialBlocked before any hashing.

    The row's lock makes the count exact, however many tries come at once. What is refused
    here does not count everywhere: one tablet alone cannot block a person on the others.
    """
    tries, first = _count(person, kind, scope, at=at, window=WINDOW)
    if tries > TRIES_HERE:
        left = first + WINDOW - at
        raise LockedOut(minutes=max(1, -(-int(left.total_seconds()) // 60)))
    tries, _ = _count(person, kind, EVERYWHERE, at=at, window=None)
    if tries > TRIES_EVERYWHERE:
        raise CredentialBlocked()


def _count(
    person: UUID, kind: str, scope: UUID, *, at: datetime, window: timedelta | None
) -> tuple[int, datetime]:
    start = at - window if window else datetime.min.replace(tzinfo=at.tzinfo)
    values: dict[str, Any] = {
        "person": person,
        "kind": kind,
        "scope": scope,
        "at": at,
        "start": start,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        tries, first = cursor.fetchone()
    return tries, first


def forget_attempts(person: UUID, kind: str, *, scopes: list[UUID] | None = None) -> None:
    """Start counting anew, here (``scopes``) or in all places."""
    rows = Attempt.objects.filter(person=person, kind=kind)
    (rows.filter(scope__in=scopes) if scopes else rows).update(tries=0)
