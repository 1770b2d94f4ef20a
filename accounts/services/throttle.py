"""Whether a secret may be tried: decided and counted in one short transaction, before any hash.

Three counts, by rows whose locks make them exact however many tries come at once:

- of a person at a place (tablet, or a desk's address): a wait after the third wrong try, five
  in a quarter of an hour;
- of a person in all places: ten, until an administrator has checked who it is. What is refused
  at one place does not count here, so that one tablet alone cannot block anybody elsewhere;
- of a place: after wrong tries for many people it is slowed for those who are not known there.
  Whoever was right there lately goes on at once: others in the room are not locked out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.enums import AlarmKind, CredentialKind, GuessKind
from accounts.exceptions import CredentialBlocked, LockedOut, SourceSlowed, TriedTooSoon
from accounts.models import Attempt, Source, Tried
from mes.lib.refusals import Refusal

# reliability.md 47: five tries for each person and place, ten for each secret.
TRIES_HERE: Final = 5
TRIES_EVERYWHERE: Final = 10
WINDOW: Final = timedelta(minutes=15)
# Wrong tries → how long the next one waits. A person who types is hardly held up.
BACK_OFF: Final = {3: timedelta(seconds=2), 4: timedelta(seconds=5)}
# So many people tried in vain at one place within the window are a spray.
SPRAY_PEOPLE: Final = 8
SLOWED: Final = timedelta(seconds=5)
KNOWN_FOR: Final = timedelta(days=30)
EVERYWHERE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Try:
    """A secret about to be tried: whose, of which kind, from where, when.

    ``identity`` is the person, or stands for a name or badge that nobody has.
    """

    person: UUID | None
    identity: UUID
    kind: CredentialKind | GuessKind
    scope: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a try may not reach the hash, and of what to tell an administrator now (once)."""

    refusal: Refusal | None = None
    alarm: AlarmKind | None = None
    # The first that is refused of a window: whose count goes on, and until when.
    noted: "Noted | None" = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A window of refused tries: at a place (``scope``) or everywhere, and when it ends."""

    scope: UUID
    ends: datetime


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries of one kind of secret: how many in all, and how long a place is locked."""

    everywhere: int
    locked_until: datetime | None


ADMITTED: Final = Verdict()


def admit(tried: Try) -> Verdict:
    """Count a try and say whether it may be hashed. No lock is held afterwards."""
    with transaction.atomic(durable=True):
        source = _source(tried.scope)
        slowed = _slowed(tried, source)
        if slowed is not None:
            return slowed
        verdict = _admit_person(tried, tried.person) if tried.person else ADMITTED
        if verdict.refusal is None:
            Source.objects.filter(scope=tried.scope).update(last_at=tried.at)
        return verdict


def _source(scope: UUID) -> Source:
    Source.objects.bulk_create([Source(scope=scope)], ignore_conflicts=True)
    return Source.objects.select_for_update().get(scope=scope)


def _slowed(tried: Try, source: Source) -> Verdict | None:
    if source.slow_until is None or source.slow_until <= tried.at or source.last_at is None:
        return None
    left = source.last_at + SLOWED - tried.at
    if left <= timedelta(0) or _is_known(tried):
        return None
    return Verdict(SourceSlowed(seconds=_seconds(left)))


def _is_known(tried: Try) -> bool:
    return Tried.objects.filter(
        scope=tried.scope, identity=tried.identity, right_at__gt=tried.at - KNOWN_FOR
    ).exists()


def _admit_person(tried: Try, person: UUID) -> Verdict:
    here, everywhere = _counts(tried, person)
    if here.tries and here.first_at <= tried.at - WINDOW:
        here.tries = 0
    if here.tries >= TRIES_HERE:
        return _lock_out(here, tried)
    waits = _back_off(here, tried.at)
    if waits is not None:
        return Verdict(waits, noted=_refused(here, tried, ends=here.first_at + WINDOW))
    if everywhere.tries >= TRIES_EVERYWHERE:
        return _block(everywhere, tried)
    for row in (here, everywhere):
        row.first_at = row.first_at if row.tries else tried.at
        row.tries, row.last_at = row.tries + 1, tried.at
        row.save(update_fields=["tries", "first_at", "last_at"])
    return ADMITTED


def _counts(tried: Try, person: UUID) -> tuple[Attempt, Attempt]:
    """Return the locked counts here and everywhere."""
    scopes = (tried.scope, EVERYWHERE)
    Attempt.objects.bulk_create(
        [
            Attempt(person_id=person, kind=tried.kind, scope=scope, tries=0, first_at=tried.at)
            for scope in scopes
        ],
        ignore_conflicts=True,
    )
    rows = Attempt.objects.filter(person=person, kind=tried.kind, scope__in=scopes)
    by_scope = {row.scope: row for row in _locked(rows)}
    return by_scope[tried.scope], by_scope[EVERYWHERE]


def _locked(rows: QuerySet[Attempt]) -> list[Attempt]:
    """Lock counts, always in the order of their places, so that nobody waits in a circle."""
    return list(rows.order_by("scope").select_for_update())


def _lock_out(here: Attempt, tried: Try) -> Verdict:
    left = here.first_at + WINDOW - tried.at
    refusal = LockedOut(minutes=max(1, ceil(left.total_seconds() / 60)))
    alarm = _once(here, AlarmKind.LOCKED_OUT, limit=TRIES_HERE)
    return Verdict(refusal, alarm, _refused(here, tried, ends=here.first_at + WINDOW))


def _block(everywhere: Attempt, tried: Try) -> Verdict:
    alarm = _once(everywhere, AlarmKind.BLOCKED, limit=TRIES_EVERYWHERE)
    noted = _refused(everywhere, tried, ends=tried.at + WINDOW)
    return Verdict(CredentialBlocked(), alarm, noted)


def _refused(row: Attempt, tried: Try, *, ends: datetime) -> Noted | None:
    """Count a refused try; the first one since the count was told begins a window."""
    row.refused += 1
    row.refused_since = row.refused_since or tried.at
    row.save(update_fields=["refused", "refused_since"])
    return Noted(row.scope, ends) if row.refused == 1 else None


def take_refused(person: UUID, kind: str, scope: UUID) -> tuple[int, datetime | None]:
    """Return how many tries were refused since when, and begin counting anew. In an act."""
    rows = Attempt.objects.filter(person=person, kind=kind, scope=scope)
    found = [(row.refused, row.refused_since) for row in _locked(rows)]
    rows.update(refused=0, refused_since=None)
    return found[0] if found else (0, None)


def _once(row: Attempt, alarm: AlarmKind, *, limit: int) -> AlarmKind | None:
    """Let the first refused try alarm: it lifts the count above the limit, where it stays."""
    if row.tries > limit:
        return None
    row.tries = limit + 1
    row.save(update_fields=["tries"])
    return alarm


def _back_off(here: Attempt, at: datetime) -> Refusal | None:
    wait = BACK_OFF.get(here.tries)
    if wait is None or here.last_at is None or here.last_at + wait <= at:
        return None
    return TriedTooSoon(seconds=_seconds(here.last_at + wait - at))


def _seconds(left: timedelta) -> int:
    return max(1, ceil(left.total_seconds()))


def was_wrong(tried: Try) -> int | None:
    """Note a try in vain; return how many people when they have just become a spray."""
    with transaction.atomic(durable=True):
        source = _source(tried.scope)
        _note(tried, wrong_at=tried.at)
        rows = Tried.objects.filter(scope=tried.scope, wrong_at__gt=tried.at - WINDOW)
        people = rows.count()
        if people < SPRAY_PEOPLE:
            return None
        begins = source.slow_until is None or source.slow_until <= tried.at
        source.slow_until = tried.at + WINDOW
        source.save(update_fields=["slow_until"])
        return people if begins else None


def was_right(tried: Try) -> None:
    """Start counting anew for the person, here and everywhere; they are known here now."""
    with transaction.atomic(durable=True):
        _source(tried.scope)
        _note(tried, wrong_at=None, right_at=tried.at)
        if tried.person:
            forget(tried.person, tried.kind, scopes=[tried.scope, EVERYWHERE])


def _note(tried: Try, **times: datetime | None) -> None:
    Tried.objects.update_or_create(scope=tried.scope, identity=tried.identity, defaults=times)


def forget(person: UUID, kind: str, *, scopes: list[UUID] | None = None) -> None:
    """Start counting a person's tries anew, here (``scopes``) or in all places."""
    rows = Attempt.objects.filter(person=person, kind=kind)
    counts = _locked(rows.filter(scope__in=scopes) if scopes else rows)
    Attempt.objects.filter(id__in=[row.id for row in counts]).update(tries=0, last_at=None)


def tries_of(person: UUID, *, at: datetime) -> dict[GuessKind, Tries]:
    """Return a person's wrong tries for each kind of secret, as a page shows them."""
    rows = list(Attempt.objects.filter(person=person, tries__gt=0))
    return {kind: _tries([row for row in rows if row.kind == kind], at=at) for kind in GuessKind}


def _tries(rows: list[Attempt], *, at: datetime) -> Tries:
    locked = [
        row.first_at + WINDOW
        for row in rows
        if row.scope != EVERYWHERE and row.tries >= TRIES_HERE and row.first_at + WINDOW > at
    ]
    return Tries(
        everywhere=sum(row.tries for row in rows if row.scope == EVERYWHERE),
        locked_until=max(locked, default=None),
    )
