"""Badges: tested when they are handed out and from time to time (21 CFR 11.300(e))."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from accounts import rules
from accounts.entries import BadgeTested
from accounts.exceptions import BadgeNoteMissing, BadgeOverdue
from accounts.models import Person
from accounts.permissions import Permission
from accounts.selectors import person_of
from records.act import act, acting
from records.commands import Command, Reply

# How long a test holds where the site sets no time of its own.
HOLDS_FOR: Final = timedelta(days=365)


@acting
def record_badge_test(*, command: Command, person: UUID, passed: bool, note: str) -> Reply:
    """Record a test of a person's badge; appends ``badge.tested``.

    A passed one holds until its next date, a failed one ends the badge's use at once. ``note``
    says how it was tested, or what was wrong. Raises NotAllowed, OwnAccess, NotFound,
    BadgeNoteMissing.
    """
    if not note.strip():
        raise BadgeNoteMissing(field="badge_note")
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        said = BadgeTested(
            badge=person_of(person).badge,
            passed=passed,
            due_at=a.now + holds_for() if passed else a.now,
            note=note.strip(),
        )
        a.append(person, said)
        a.reply = {"id": str(person)}
    return a.reply


def holds_for() -> timedelta:
    """Return how long a test of a badge holds."""
    return timedelta(days=settings.MES_BADGE_DAYS) if settings.MES_BADGE_DAYS else HOLDS_FOR


def check_badge(person: Person, *, at: datetime) -> None:
    """Raise BadgeOverdue for a badge whose test is due, or that failed its last one.

    Where the site asks for tests (``MES_BADGE_DAYS``), one that was never tested is refused too.
    """
    due = person.badge_due_at
    if due is None and not settings.MES_BADGE_DAYS:
        return
    if due is None or due <= at:
        raise BadgeOverdue(person=person.printed_name, field="badge", streams=[person.id])
