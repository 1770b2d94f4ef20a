"""Who works which shift, who leads the hour, whom QA sends when it is called; and who is away."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from accounts import rosters, rules
from accounts.enums import DutyKind
from accounts.models import Absence, Duty, Person, Shift
from accounts.permissions import Permission
from accounts.roster_entries import AbsenceEnded, AbsenceNoted, DutyCancelled, DutyRostered
from accounts.roster_exceptions import (
    DaysReversed,
    DutyTaken,
    DutyTwice,
    NumberMissing,
    PastNeedsReason,
    PersonAway,
    RoleMissing,
)
from accounts.selectors import person_of, site_of
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from mes.lib.wall import midnight, span_of
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import the_one

MOST_DAYS: Final = 62
AWAY: Final = "away"


@acting
def roster(
    *,
    command: Command,
    person: UUID,
    what: DutyKind,
    shift: UUID,
    first: date,
    last: date | None = None,
    reason: str = "",
) -> Reply:
    """Roster a person for a shift on each day from ``first`` to ``last``, all or none.

    Locks the site as well, so that two people are not put on call at once. Appends
    ``duty.rostered`` for each day. Raises NotAllowed, RoleMissing, NumberMissing, PersonAway,
    DutyTaken, DutyTwice, PastNeedsReason, DaysReversed, NotFound.
    """
    days, site = _days(first, last or first), _site(command)
    with act(command, streams=[person, site]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
        who = person_of(person)
        check_may_serve(who, what, site=site)
        row, zone = rosters.shift_of(shift), site_of(site).zone
        for day in days:
            _roster_one(a, who, what, row, day, zone=zone, reason=reason.strip())
        a.reply = {"duties": len(days)}
    return a.reply


def _site(command: Command) -> UUID:
    if command.actor.site is None:
        raise NotFound()
    return command.actor.site


def _days(first: date, last: date) -> list[date]:
    if not first <= last < first + timedelta(days=MOST_DAYS):
        raise DaysReversed(field="last", most=MOST_DAYS)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def check_may_serve(who: Person, what: DutyKind, *, site: UUID) -> None:
    """Raise RoleMissing, or NumberMissing for a duty in which one is called."""
    if not who.active or not rosters.may_serve(who.id, what, site=site):
        raise RoleMissing(person=who.printed_name, duty=what.value, field="person")
    if what.value in DutyKind.of_one and not who.phone:
        raise NumberMissing(person=who.printed_name, field="person")


def _roster_one(
    a: Act, who: Person, what: DutyKind, shift: Shift, day: date, *, zone: str, reason: str
) -> None:
    starts_at, ends_at = span_of(day, shift.start, shift.end, zone)
    if starts_at <= a.now and not reason:
        raise PastNeedsReason()
    for absence in Absence.objects.filter(person=who, ended_at__isnull=True):
        away_from, away_until = _span(absence.first, absence.last, zone)
        if starts_at < away_until and away_from < ends_at:
            raise PersonAway(person=who.printed_name, day=day.isoformat(), field="person")
    _check_free(who, what, starts_at, ends_at)
    said = DutyRostered(
        duty=uuid7(), site=_site(a.command), what=what.value, day=day.isoformat(),
        shift=shift.id, shift_code=shift.code, starts_at=starts_at, ends_at=ends_at, reason=reason,
    )  # fmt: skip
    a.append(who.id, said)


def _check_free(who: Person, what: DutyKind, starts_at: datetime, ends_at: datetime) -> None:
    """Name who is there already; the constraints of the table are the proof."""
    there = rosters.duties_between(starts_at, ends_at).filter(what=what)
    if there.filter(person=who).exists():
        raise DutyTwice(field="shift")
    other = there.first() if what.value in DutyKind.of_one else None
    if other is not None:
        raise DutyTaken(person=other.person.printed_name)


@acting
def cancel_duty(*, command: Command, person: UUID, duty: UUID, reason: str = "") -> Reply:
    """Take a person off a duty; one that has begun only with a reason.

    Appends ``duty.cancelled``. Raises NotAllowed, NotFound, PastNeedsReason.
    """
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
        row = the_one(_duties_of(person).filter(id=duty))
        if row.starts_at <= a.now and not reason.strip():
            raise PastNeedsReason()
        _cancel(a, row, reason=reason.strip())
        a.reply = {"id": str(duty)}
    return a.reply


def _duties_of(person: UUID) -> QuerySet[Duty]:
    return Duty.objects.filter(person=person, cancelled_at__isnull=True)


def _cancel(a: Act, row: Duty, *, reason: str) -> None:
    said = DutyCancelled(
        duty=row.id, what=row.what, day=row.day.isoformat(), shift_code=row.shift_code,
        reason=reason,
    )  # fmt: skip
    a.append(row.person_id, said)


@acting
def note_absence(*, command: Command, person: UUID, first: date, last: date) -> Reply:
    """Say that a person is away from ``first`` to ``last``, both included.

    Takes them off every duty of those days that has not begun: nobody who is away is called.
    Appends ``absence.noted`` and ``duty.cancelled``. Replies with how many duties are open now.
    Raises NotAllowed, NotFound, DaysReversed.
    """
    site = _site(command)
    if last < first or last - first > timedelta(days=366):
        raise DaysReversed(field="last", most=366)
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
        rules.check_works_here(a.actor, person)
        said = AbsenceNoted(
            absence=uuid7(), site=site, first=first.isoformat(), last=last.isoformat()
        )
        a.append(person, said)
        span = DateTimeTZRange(*_span(first, last, site_of(site).zone))
        ahead = _duties_of(person).filter(during__overlap=span, during__startswith__gt=a.now)
        open_now = list(ahead.filter(site=site).order_by("during"))
        for row in open_now:
            _cancel(a, row, reason=AWAY)
        a.reply = {"id": str(said.absence), "open": len(open_now)}
    return a.reply


def _span(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Return the instants from the beginning of the first day to the end of the last."""
    return midnight(first, zone), midnight(last + timedelta(days=1), zone)


@acting
def end_absence(*, command: Command, person: UUID, absence: UUID, reason: str) -> Reply:
    """Say that a person is here after all; what they were taken off is not given back.

    Appends ``absence.ended``. Raises NotAllowed, NotFound, ReasonMissing.
    """
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
        rows = Absence.objects.filter(id=absence, person=person, ended_at__isnull=True)
        if not rows.exists():
            raise NotFound()
        a.append(person, AbsenceEnded(absence=absence, reason=rules.written(reason)))
        a.reply = {"id": str(absence)}
    return a.reply
