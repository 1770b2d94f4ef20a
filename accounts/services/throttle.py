"""Whether a secret may be tried: decided and counted in one short transaction, before any hash.

Three counts, by rows whose locks make them exact however many tries come at once:

- of a person at a place (tablet, or a desk's address): a wait after the third wrong try, five
  in a quarter of an hour;
- of a person in all places: ten, and of these seven at places where the person is not known. A
  right secret does not take wrong ones back: they fade by one in a day, or are forgotten when
  their person has said that they were theirs, by a new secret, or by an administrator. So at
  most ten wrong tries in any day reach the hash, whoever signs rightly meanwhile, and a stranger
  elsewhere leaves three to the places where the person works. What is refused at one place does
  not count here, so that one tablet alone cannot block anybody elsewhere;
- of a place: after wrong tries for many people it is slowed for those who are not known there.
  Whoever was right there lately goes on at once: others in the room are not locked out.

A name that nobody has is counted alike: neither can one be told from the other, nor keeps anybody
the processors busy with hashes for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.enums import AlarmKind, CredentialKind, GuessKind
from accounts.models import Attempt, Source, Tried
from accounts.services import guesses
from accounts.services.guesses import (
    TRIES_EVERYWHERE,
    TRIES_HERE,
    TRIES_OF_STRANGERS,
    WINDOW,
)
from accounts.sign_in_exceptions import CredentialBlocked, SourceSlowed
from mes.lib.refusals import Refusal

# So many wrong tries are told to their person at the next sign-in.
TOLD: Final = 3
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
    blocked: bool = False
    # Not yet answered by the person, and since when.
    unanswered: int = 0
    since: datetime | None = None


ADMITTED: Final = Verdict()


def admit(tried: Try) -> Verdict:
    """Count a try and say whether it may be hashed. No lock is held afterwards."""
    with transaction.atomic(durable=True):
        source = _source(tried.scope)
        slowed = _slowed(tried, source)
        if slowed is not None:
            return slowed
        verdict = _admit_person(tried, tried.person) if tried.person else _admit_nobody(tried)
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
    return Verdict(SourceSlowed(seconds=guesses.seconds_of(left)))


def _is_known(tried: Try) -> bool:
    return Tried.objects.filter(
        scope=tried.scope, identity=tried.identity, right_at__gt=tried.at - KNOWN_FOR
    ).exists()


def _admit_person(tried: Try, person: UUID) -> Verdict:
    here, everywhere = _counts(tried, person)
    guesses.begin_window(here, tried.at)
    if guesses.is_locked(here):
        return _lock_out(here, tried)
    waits = guesses.back_off(here, tried.at)
    if waits is not None:
        return Verdict(waits, noted=_refused(here, tried, ends=here.first_at + WINDOW))
    if everywhere.blocked_at is None:
        guesses.fade(everywhere, tried.at)
    if everywhere.tries >= _most(tried):
        return _block(everywhere, tried)
    guesses.count((here, everywhere), tried.at)
    for row in (here, everywhere):
        row.save(update_fields=["tries", "first_at", "last_at"])
    return ADMITTED


def _admit_nobody(tried: Try) -> Verdict:
    """Answer a name that nobody has as one whose owner is known elsewhere, and hash no more."""
    places = (tried.scope, EVERYWHERE)
    new = [Tried(scope=place, identity=tried.identity) for place in places]
    Tried.objects.bulk_create(new, ignore_conflicts=True)
    rows = Tried.objects.filter(identity=tried.identity, scope__in=places)
    by_scope = {row.scope: row for row in rows.order_by("scope").select_for_update()}
    here, everywhere = by_scope[tried.scope], by_scope[EVERYWHERE]
    guesses.begin_window(here, tried.at)
    if guesses.is_locked(here):
        return Verdict(guesses.locked_out(here, tried.at))
    if waits := guesses.back_off(here, tried.at):
        return Verdict(waits)
    if everywhere.tries >= TRIES_OF_STRANGERS:
        return Verdict(CredentialBlocked())
    guesses.fade(everywhere, tried.at)
    guesses.count((here, everywhere), tried.at)
    Tried.objects.bulk_update((here, everywhere), ["tries", "first_at", "last_at"])
    return ADMITTED


def _most(tried: Try) -> int:
    """Return how many wrong tries in all may reach the hash from this place."""
    known = Tried.objects.filter(identity=tried.identity, right_at__gt=tried.at - KNOWN_FOR)
    scopes = set(known.values_list("scope", flat=True))
    return TRIES_OF_STRANGERS if scopes and tried.scope not in scopes else TRIES_EVERYWHERE


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
    refusal = guesses.locked_out(here, tried.at)
    alarm = _once(here, AlarmKind.LOCKED_OUT, limit=TRIES_HERE)
    return Verdict(refusal, alarm, _refused(here, tried, ends=here.first_at + WINDOW))


def _block(everywhere: Attempt, tried: Try) -> Verdict:
    alarm = AlarmKind.BLOCKED if everywhere.blocked_at is None else None
    everywhere.blocked_at = everywhere.blocked_at or tried.at
    everywhere.save(update_fields=["blocked_at", "tries", "first_at"])
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


def was_wrong(tried: Try) -> int | None:
    """Note a try in vain; return how many people when they have just become a spray."""
    with transaction.atomic(durable=True):
        source = _source(tried.scope)
        _note(tried, wrong_at=tried.at)
        _keep_for_person(tried)
        rows = Tried.objects.filter(scope=tried.scope, wrong_at__gt=tried.at - WINDOW)
        people = rows.count()
        if people < SPRAY_PEOPLE:
            return None
        begins = source.slow_until is None or source.slow_until <= tried.at
        source.slow_until = tried.at + WINDOW
        source.save(update_fields=["slow_until"])
        return people if begins else None


def was_right(tried: Try) -> None:
    """Start counting anew for the person here; they are known here now.

    Everywhere only this try is taken back: who guesses would else wait for the owner's next one.
    """
    with transaction.atomic(durable=True):
        _source(tried.scope)
        _note(tried, wrong_at=None, right_at=tried.at)
        if tried.person:
            forget(tried.person, tried.kind, scopes=[tried.scope])
            rows = Attempt.objects.filter(person=tried.person, kind=tried.kind, scope=EVERYWHERE)
            rows.update(tries=Greatest(F("tries") - 1, 0))


def _keep_for_person(tried: Try) -> None:
    """Count a wrong try until its person has said whether it was theirs."""
    if tried.person:
        Attempt.objects.filter(person=tried.person, kind=tried.kind, scope=EVERYWHERE).update(
            unanswered=F("unanswered") + 1,
            unanswered_since=Coalesce("unanswered_since", Value(tried.at)),
        )


def _note(tried: Try, **times: datetime | None) -> None:
    Tried.objects.update_or_create(scope=tried.scope, identity=tried.identity, defaults=times)


def forget(person: UUID, kind: str, *, scopes: list[UUID] | None = None) -> None:
    """Start counting a person's tries anew, here (``scopes``) or in all places."""
    rows = Attempt.objects.filter(person=person, kind=kind)
    counts = _locked(rows.filter(scope__in=scopes) if scopes else rows)
    Attempt.objects.filter(id__in=[row.id for row in counts]).update(
        tries=0, last_at=None, blocked_at=None, unanswered=0, unanswered_since=None
    )


def answered(person: UUID, kind: str) -> None:
    """Ask no more about the wrong tries so far; they stay counted, and a block stays."""
    rows = Attempt.objects.filter(person=person, kind=kind, scope=EVERYWHERE)
    rows.update(unanswered=0, unanswered_since=None)


def tries_of(person: UUID, *, at: datetime) -> dict[GuessKind, Tries]:
    """Return a person's wrong tries for each kind of secret, as a page shows them."""
    rows = list(Attempt.objects.filter(Q(tries__gt=0) | Q(unanswered__gt=0), person=person))
    return {kind: _tries([row for row in rows if row.kind == kind], at=at) for kind in GuessKind}


def _tries(rows: list[Attempt], *, at: datetime) -> Tries:
    locked = [
        row.first_at + WINDOW
        for row in rows
        if row.scope != EVERYWHERE and row.tries >= TRIES_HERE and row.first_at + WINDOW > at
    ]
    most = max(locked, default=None)
    everywhere = next((row for row in rows if row.scope == EVERYWHERE), None)
    if everywhere is None:
        return Tries(0, most)
    return Tries(
        everywhere.tries, most, everywhere.blocked_at is not None,
        everywhere.unanswered, everywhere.unanswered_since,
    )  # fmt: skip
