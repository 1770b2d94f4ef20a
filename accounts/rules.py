"""Who may do what: each check raises the refusal that the person reads."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts import selectors, training
from accounts.exceptions import (
    ApprovalMissing,
    ApprovedByThemselves,
    ApproverMayNot,
    IdentityPaperUsed,
    IdentityPaperUsedBy,
    NotAllowed,
    OwnAccess,
    SamePerson,
)
from accounts.models import Person
from accounts.name_exceptions import NameTaken, NameTakenBy, NumberTaken, NumberTakenBy
from accounts.permissions import Permission, role_for
from accounts.qualification_exceptions import NotQualified
from accounts.subjects import Subject
from mes.lib.refusals import NotFound, Refusal
from records.commands import SYSTEM_ROLE, Actor
from records.exceptions import ReasonMissing


def is_system(actor: Actor) -> bool:
    """Say whether the system itself acts (a consumer of the outbox, the first set-up)."""
    return actor.person is None and actor.role == SYSTEM_ROLE


def role_of(actor: Actor, permission: str) -> str | None:
    """Return the actor's role that grants ``permission`` at the site of the act, or None.

    Asks the rows, not the session: a role revoked a moment ago grants nothing.
    """
    if is_system(actor):
        return actor.role
    if actor.person is None or actor.site is None:
        return None
    return role_for(permission, list(selectors.roles_of(actor.person, actor.site)))


def can(actor: Actor, permission: str) -> bool:
    """Say whether ``check_permission`` would pass."""
    return role_of(actor, permission) is not None


def check_permission(actor: Actor, permission: str) -> str:
    """Return the role in which the actor may do it. Raises NotAllowed (21 CFR 11.10(g))."""
    role = role_of(actor, permission)
    if role is None:
        raise NotAllowed(
            person=actor.name,
            permission=Permission(permission).value,
            streams=[actor.person] if actor.person else [],
        )
    return role


def check_other_person(first: UUID | None, second: UUID | None, *, name: str) -> None:
    """Raise SamePerson when one person would do both parts: performer and verifier,
    author and approver. By person, not by account; never relaxed.

    ``name`` is the printed name of the second.
    """
    if first is not None and first == second:
        raise SamePerson(person=name, streams=[first])


def check_not_own(actor: Actor, person: UUID) -> None:
    """Raise OwnAccess when somebody would change their own rights."""
    if actor.person == person:
        raise OwnAccess()


def written(reason: str) -> str:
    """Return a reason without the blanks around it. Raises ReasonMissing (EU Annex 11, 9)."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()


def check_new_paper(actor: Actor, paper: str) -> None:
    """Raise IdentityPaperUsed for a paper on which an account stands already: one human each."""
    there = selectors.people_checked_on(paper)
    if there:
        raise _of_account(IdentityPaperUsed, IdentityPaperUsedBy, actor, there)


def check_another_human(actor: Actor, name: str, paper: str, statement: str) -> str:
    """Return how it is known that a human has no account yet; empty where nothing is the same:
    neither the name, nor the number of a paper, whatever else is written on it.

    Four eyes are told apart by person: a human with two accounts would be two. Raises NameTaken,
    NumberTaken.
    """
    said = statement.strip()
    for there, some, named in (
        (selectors.people_called(name), NameTaken, NameTakenBy),
        (selectors.people_of_number(paper), NumberTaken, NumberTakenBy),
    ):
        if there and not said:
            raise _of_account(some, named, actor, there)
        if there:
            return said
    return ""


def _of_account(
    some: type[Refusal], named: type[Refusal], actor: Actor, there: Sequence[Person]
) -> Refusal:
    """Return the refusal that names an account of the actor's site; another's is not told."""
    for one in there:
        if actor.site in selectors.sites_answering_for(one.id):
            return named(person=one.printed_name, username=one.username)
    return some()


class Approval(NamedTuple):
    """Who approved a role, by id and printed name, and the paper that shows it."""

    person: UUID | None
    name: str
    paper: str


def check_approved(actor: Actor, approver: UUID | None, *, paper: str, receiver: UUID) -> Approval:
    """Return who approved a role, whose stream the act has locked, and on which paper.

    The system needs nobody: it opens a site before there is anybody to ask. While nobody at the
    site can approve, the paper stands alone. Raises ApprovalMissing, ApprovedByThemselves,
    ApproverMayNot.
    """
    said = " ".join(paper.split())
    if is_system(actor):
        return Approval(None, "", said)
    if not said:
        raise ApprovalMissing(field="paper")
    if approver is not None and approver in (actor.person, receiver):
        own = selectors.person_of(approver).printed_name
        raise ApprovedByThemselves(field="approver", person=own)
    able = {one.id: one for one in selectors.approvers_for(receiver, actor)}
    if approver is None and not able:
        return Approval(None, "", said)
    if approver is None:
        raise ApprovalMissing(field="approver")
    if approver not in able:
        raise ApproverMayNot(field="approver")
    return Approval(approver, able[approver].printed_name, said)


def check_manages(actor: Actor, person: UUID) -> None:
    """Raise NotFound unless the actor manages accounts wherever the person holds a role.

    Accounts are of no site: who could set another site's PIN could sign there. Who holds no
    role is answered for by the site at which they joined.
    """
    if is_system(actor):
        return
    elsewhere = selectors.sites_answering_for(person) - {actor.site}
    if not all(can(replace(actor, site=site), Permission.ACCOUNTS_MANAGE) for site in elsewhere):
        raise NotFound()


def check_works_here(actor: Actor, person: UUID) -> None:
    """Raise NotFound for a person without a role at the actor's site."""
    if actor.site is None or not selectors.roles_of(person, actor.site):
        raise NotFound()


def check_qualified(person: UUID, subjects: Sequence[Subject], *, at: datetime) -> None:
    """Raise NotQualified unless the person is qualified for all of ``subjects`` at ``at``
    (21 CFR 211.25). The refusal names what is missing.
    """
    held = training.held_of(person, at=at) if subjects else ()
    missing = [subject.text for subject in subjects if not subject.is_met_by(held)]
    if missing:
        name = Person.objects.filter(id=person).values_list("printed_name", flat=True).first()
        subject = "; ".join(missing)
        raise NotQualified(person=name or str(person), subject=subject, streams=[person])
