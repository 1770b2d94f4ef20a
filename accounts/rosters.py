"""Reads of rosters: who works when, who leads, whom one calls. Behind the walls by site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from accounts.enums import DutyKind
from accounts.models import Absence, Duty, Shift
from accounts.permissions import roles_granting
from accounts.selectors import roles_of
from records.reading import the_one


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is called now: printed name, number, until when."""

    person: UUID
    name: str
    phone: str
    until: datetime


def shifts() -> list[Shift]:
    """Return the shifts of the present site, by their start."""
    return list(Shift.objects.filter(active=True))


def shift_of(shift: UUID) -> Shift:
    """Return a shift of the present site that was not ended. Raises NotFound."""
    return the_one(Shift.objects.filter(id=shift, active=True))


def duties_between(start: datetime, end: datetime) -> QuerySet[Duty]:
    """Return the duties of the present site that touch a time, by their start, with people."""
    touching = Duty.objects.filter(
        during__overlap=DateTimeTZRange(start, end), cancelled_at__isnull=True
    )
    return touching.select_related("person").order_by("during", "what", "person__printed_name")


def working(start: datetime, end: datetime) -> list[Duty]:
    """Return who works at the present site in a time: what planning asks of the roster.

    People who have left, and those who are away that day, are not among them.
    """
    found = duties_between(start, end).filter(what=DutyKind.WORKS, person__active=True)
    return list(found)


def on_duty(what: DutyKind, *, site: UUID, at: datetime) -> OnDuty | None:
    """Return who leads the hour, or is on call; None when nobody is rostered.

    Whoever has left or lost the role meanwhile is not called: the roster grants nothing.
    """
    rows = Duty.objects.filter(site=site, what=what, during__contains=at)
    row = rows.filter(cancelled_at__isnull=True).select_related("person").first()
    if row is None or not row.person.active or not may_serve(row.person_id, what, site=site):
        return None
    return OnDuty(row.person_id, row.person.printed_name, row.person.phone, row.ends_at)


def may_serve(person: UUID, what: DutyKind, *, site: UUID) -> bool:
    """Say whether a person's roles at a site allow the duty."""
    held = roles_of(person, site)
    permission = DutyKind(what).permission
    return bool(held) if permission is None else any(r in roles_granting(permission) for r in held)


def absences_between(first: date, last: date) -> list[Absence]:
    """Return the absences of the present site that touch these days, both included."""
    rows = Absence.objects.filter(first__lte=last, last__gte=first, ended_at__isnull=True)
    return list(rows.select_related("person").order_by("first", "person__printed_name"))


def gaps(
    spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime
) -> Sequence[tuple[datetime, datetime]]:
    """Return the times between ``start`` and ``end`` that no span covers, in order."""
    found, reached = [], start
    for begin, stop in sorted(spans):
        if begin > reached:
            found.append((reached, min(begin, end)))
        reached = max(reached, stop)
        if reached >= end:
            return found
    return [*found, (reached, end)]
