"""Reviews of accounts and rights: person by person, again and again (draft Annex 11, 11)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accounts import rules
from accounts.entries import (
    REVIEW_STREAM,
    AccessReviewDecided,
    AccessReviewOpened,
    PersonDisabled,
    Reviewed,
)
from accounts.enums import ReviewDecision
from accounts.exceptions import ReasonMissing
from accounts.models import AccessReview, AccessReviewItem
from accounts.permissions import Permission, permissions_of
from accounts.review_exceptions import AlreadyDecided, ReviewDueInvalid, ReviewIsOpen
from accounts.selectors import people_of, person_of
from mes.lib.refusals import NotFound
from records.act import Act, New, act, acting
from records.commands import Actor, Command, Reply

LONGEST: Final = timedelta(days=366)


@acting
def open_access_review(*, command: Command, review: UUID, due: datetime) -> Reply:
    """Open a review of everybody who holds a role at the actor's site.

    Appends ``access_review.opened``. Raises NotAllowed, ReviewIsOpen, ReviewDueInvalid.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    with act(command, new=[New(REVIEW_STREAM, review, site)]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        if AccessReview.objects.filter(closed_at__isnull=True).exists():
            raise ReviewIsOpen()
        if not a.now < due <= a.now + LONGEST:
            raise ReviewDueInvalid(field="due")
        found = [
            Reviewed(person=row.person.id, printed_name=row.person.printed_name, roles=row.roles)
            for row in people_of(site)
        ]
        a.append(review, AccessReviewOpened(due=due, people=tuple(found)))
        a.reply = {"id": str(review), "people": len(found)}
    return a.reply


@acting
def decide_access(
    *, command: Command, review: UUID, person: UUID, decision: ReviewDecision, note: str = ""
) -> Reply:
    """Decide what becomes of one person's rights; the last decision closes the review.

    To disable is done at once; a change of roles is done on the person's page. Both say why.
    Administrators decide, of each other too; of them also who reviews the audit trail, who changes
    nothing: a site with one administrator could close no review. Appends
    ``access_review.decided`` and ``person.disabled``. Raises NotAllowed, OwnAccess, NotFound,
    AlreadyDecided, ReasonMissing.
    """
    with act(command, streams=[review, person]) as a:
        rules.check_not_own(a.actor, person)
        item = AccessReviewItem.objects.filter(review=review, person=person).first()
        if decision not in decisions_of(a.actor, item):
            rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        if item is None:
            raise NotFound()
        if item.decided_at is not None:
            raise AlreadyDecided()
        if decision is not ReviewDecision.KEEP and not note.strip():
            raise ReasonMissing(field="note")
        said = AccessReviewDecided(
            person=person, printed_name=item.printed_name, decision=decision.value,
            note=note.strip()[:300], closes=_is_last(review),
        )  # fmt: skip
        a.append(review, said)
        if decision is ReviewDecision.DISABLE:
            _disable(a, person, reason=said.note)
        a.reply = {"closed": said.closes}
    return a.reply


def decisions_of(actor: Actor, item: AccessReviewItem | None) -> frozenset[ReviewDecision]:
    """Return what the actor may decide of a person; of themselves nothing."""
    if item is None or item.person == actor.person:
        return frozenset()
    if rules.can(actor, Permission.ACCOUNTS_MANAGE):
        return frozenset(ReviewDecision)
    administers = Permission.ACCOUNTS_MANAGE in permissions_of(item.roles)
    reviews = administers and rules.can(actor, Permission.RECORDS_REVIEW)
    return frozenset({ReviewDecision.KEEP, ReviewDecision.CHANGE}) if reviews else frozenset()


def _is_last(review: UUID) -> bool:
    undecided = AccessReviewItem.objects.filter(review=review, decided_at__isnull=True)
    return undecided.count() == 1


def _disable(a: Act, person: UUID, *, reason: str) -> None:
    rules.check_manages(a.actor, person)
    if person_of(person).active:
        a.append(person, PersonDisabled(reason=reason))
