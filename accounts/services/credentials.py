"""Secrets: set, checked, unblocked. Hashing is slow on purpose and happens in no act."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from accounts import origin, rules
from accounts.entries import CredentialChanged, CredentialUnblocked, SessionsEnded
from accounts.enums import AlarmKind, CredentialKind, GuessKind
from accounts.exceptions import IdentityNotChecked
from accounts.models import Credential
from accounts.permissions import Permission
from accounts.selectors import person_of
from accounts.services import throttle
from accounts.services.alarms import raise_alarm
from accounts.services.refused_tries import note_refused
from accounts.services.throttle import Try
from accounts.sign_in_exceptions import OwnSecretNeeded
from accounts.validators import check_secret
from mes.lib import clock
from mes.lib.master_key import keyed
from records.act import act, acting
from records.commands import Actor, Command, Reply

# For whom a secret is hashed that is nobody's.
NOBODY: Final = UUID(int=0)
# Whoever waits for a hash waits here, and not in a transaction: acts go on meanwhile.
HASHING: Final = BoundedSemaphore(settings.MES_HASHES)


def set_credential(*, command: Command, person: UUID, kind: str, secret: str) -> Reply:
    """Set a person's PIN or password; appends ``credential.changed``, without the secret.

    Done by the person, an administrator or the first set-up. What an administrator sets is
    temporary. Either ends the person's sessions: who knew the old one may sit in one. Unblocks
    what too many wrong tries had blocked. Raises WeakSecret, NotAllowed, NotFound.
    """
    check_secret(kind, secret)
    return _keep_hash(command=command, person=person, kind=kind, hashed=_hash(person, kind, secret))


@acting
def _keep_hash(*, command: Command, person: UUID, kind: str, hashed: str) -> Reply:
    with act(command, streams=[person]) as a:
        person_of(person)
        if a.actor.person != person:
            rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
            rules.check_manages(a.actor, person)
        by_another = a.actor.person not in (None, person)
        a.append(person, CredentialChanged(credential=kind))
        if a.actor.person is not None:
            by = f"set by {a.actor.name}" if by_another else "replaced"
            a.append(person, SessionsEnded(reason=f"{kind} {by}"))
        kept = {"hash": hashed, "changed_at": a.now, "temporary": by_another, "keyed": True}
        Credential.objects.update_or_create(person_id=person, kind=kind, defaults=kept)
        throttle.forget(person, kind)
        a.reply = {"id": str(person)}
    return a.reply


@acting
def unblock_credential(
    *, command: Command, person: UUID, kind: CredentialKind | GuessKind, identity_check: str
) -> Reply:
    """Forget a person's wrong tries in all places; appends ``credential.unblocked``.

    ``identity_check`` says how the administrator knew who it was. Raises NotAllowed,
    OwnAccess, IdentityNotChecked, NotFound.
    """
    if not identity_check.strip():
        raise IdentityNotChecked(field="identity_check")
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        person_of(person)
        said = CredentialUnblocked(credential=kind.value, identity_check=identity_check.strip())
        a.append(person, said)
        throttle.forget(person, kind)
        a.reply = {"id": str(person)}
    return a.reply


def holds(
    person: UUID | None, kind: CredentialKind, secret: str, *, typed: str, actor: Actor
) -> bool:
    """Say whether ``secret`` is the person's; counts the try before it hashes.

    ``typed`` is the name or badge, ``actor`` stands at the tablet or desk. For nobody it takes
    as long. Call it in no transaction. Raises LockedOut, CredentialBlocked, TriedTooSoon,
    SourceSlowed.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A secret is hashed in no transaction: it would hold its locks.")
    tried = Try(
        person=person,
        identity=person or origin.identity_of(kind, typed),
        kind=kind,
        scope=origin.scope_of(actor.device),
        at=clock.now(),
    )
    return counted(tried, lambda: _is_right(person, kind, secret), actor=actor)


def counted(tried: Try, is_right: Callable[[], bool], *, actor: Actor) -> bool:
    """Count a try, then look whether it is right, if it may be looked at. Raises as ``holds``."""
    _admit(tried, actor=actor)
    if is_right():
        throttle.was_right(tried)
        return True
    people = throttle.was_wrong(tried)
    if people is not None:
        raise_alarm(AlarmKind.SPRAY, tried, actor=actor, people=people)
    return False


def _admit(tried: Try, *, actor: Actor) -> None:
    verdict = throttle.admit(tried)
    if verdict.alarm is not None:
        raise_alarm(verdict.alarm, tried, actor=actor)
    if verdict.refusal is not None:
        if verdict.noted is not None:
            note_refused(tried, verdict.refusal, verdict.noted, actor=actor)
        raise verdict.refusal


def _is_right(person: UUID | None, kind: CredentialKind, secret: str) -> bool:
    found = Credential.objects.filter(person=person, kind=kind).first() if person else None
    if person is None or found is None:
        _hash(NOBODY, kind, secret)
        return False
    with HASHING:
        return check_password(_keyed(person, kind, secret) if found.keyed else secret, found.hash)


def is_present(person: UUID, kind: CredentialKind, secret: str) -> bool:
    """Say whether a secret is what its person has now. No try: for who was proved otherwise."""
    return _is_right(person, kind, secret)


def _hash(person: UUID, kind: str, secret: str) -> str:
    with HASHING:
        return make_password(_keyed(person, kind, secret))


def _keyed(person: UUID, kind: str, secret: str) -> str:
    """Return what is hashed: whoever has the database alone can neither guess a PIN of six digits
    nor lay down a hash of one that he knows, and a hash is good for its person only.
    """
    said = b"\0".join((person.bytes, kind.encode(), secret.encode()))
    return keyed(b"mes:secret:v1", said).hex()


def check_own(person: UUID, kind: CredentialKind, *, at: datetime) -> None:
    """Raise OwnSecretNeeded when another person has set the secret, or when it is too old.

    One that was hashed without the master key may be anybody's: it is good for one's own only.
    """
    found = Credential.objects.get(person=person, kind=kind)
    days = settings.MES_SECRET_DAYS
    aged = bool(days) and at - found.changed_at >= timedelta(days=days)
    if found.temporary or aged or not found.keyed:
        raise OwnSecretNeeded(field=kind.value)
