"""Joining, moving, leaving: the trail of a person's rights (EU GMP draft Annex 11, 11)."""

from uuid import UUID

from accounts import rules
from accounts.centres import OUTSIDE
from accounts.entries import (
    PersonDisabled,
    PersonJoined,
    RoleGranted,
    RoleRevoked,
)
from accounts.exceptions import IdentityNotChecked, RoleHeld, RolesConflict, UnknownRole
from accounts.models import RoleAssignment
from accounts.permissions import ROLES, Permission
from accounts.selectors import person_of, roles_of
from accounts.services.centres import leave_centre
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import New, act, acting
from records.commands import Command, Reply

# Who manages access does no work on a batch, and the other way round.
APART = "admin"
GMP_AREAS = {"batches", "quality", "recipes", "orders", "materials", "planning"}


@acting
def join_person(
    *,
    command: Command,
    person: UUID,
    username: str,
    printed_name: str,
    badge: str,
    identity_check: str,
    another_human: str = "",
) -> Reply:
    """Make a person's account; appends ``person.joined``.

    ``identity_check`` names the paper of the identity check (21 CFR 11.100(b)), one for each
    human; ``another_human`` says how it is known that somebody of the same name is another one.
    Raises NotAllowed, IdentityNotChecked, IdentityPaperUsed, NameTaken, UsernameTaken, BadgeTaken.
    """
    if not identity_check.strip():
        raise IdentityNotChecked(field="identity_check")
    with act(command, new=[New("person", person, None)]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_new_paper(a.actor, identity_check)
        joined = PersonJoined(
            username=username.strip().lower(),
            printed_name=printed_name.strip(),
            badge=badge.strip(),
            identity_check=identity_check.strip(),
            home=a.actor.site,
            another_human=rules.check_another_human(a.actor, printed_name, another_human),
        )
        a.append(person, joined)
        a.reply = {"id": str(person)}
    return a.reply


@acting
def disable_person(*, command: Command, person: UUID, reason: str) -> Reply:
    """Disable an account for good; appends ``person.disabled``.

    Its sessions are dead at their next request. Raises ReasonMissing, NotAllowed, OwnAccess,
    NotFound.
    """
    reason = rules.written(reason)
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        if person_of(person).active:
            a.append(person, PersonDisabled(reason=reason))
        a.reply = {"id": str(person)}
    return a.reply


@acting
def grant_role(
    *, command: Command, person: UUID, role: str, approver: UUID | None = None, paper: str = ""
) -> Reply:
    """Grant a role at the actor's site; appends ``role.granted`` to the person's stream.

    ``approver`` asked for it, as ``paper`` shows (draft Annex 11, 11): one of the site's quality
    unit who neither grants nor gets it. Raises NotAllowed, OwnAccess, UnknownRole, RoleHeld,
    RolesConflict, ApprovalMissing, ApprovedByThemselves, ApproverMayNot.
    """
    if role not in ROLES:
        raise UnknownRole(role=role, field="role")
    site = command.actor.site
    if site is None:
        raise NotFound()
    with act(command, streams=list({person, approver or person})) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        _check_roles_together(role, roles_of(person, site))
        approval = rules.check_approved(a.actor, approver, paper=paper, receiver=person)
        granted = RoleGranted(
            assignment=uuid7(),
            site=site,
            role=role,
            approver=approval.person,
            approver_name=approval.name,
            paper=approval.paper,
        )
        a.append(person, granted)
        a.reply = {"id": str(granted.assignment)}
    return a.reply


def _check_roles_together(role: str, held: tuple[str, ...]) -> None:
    if role in held:
        raise RoleHeld(field="role")
    for other in held:
        if APART in (role, other) and _does_gmp_work(other if role == APART else role):
            title = str(ROLES[role].title)
            raise RolesConflict(field="role", role=title, other=str(ROLES[other].title))


def _does_gmp_work(role: str) -> bool:
    return any(p.area in GMP_AREAS and not p.endswith(".read") for p in ROLES[role].permissions)


@acting
def revoke_role(*, command: Command, assignment: UUID, person: UUID, reason: str) -> Reply:
    """Take a role away at once; appends ``role.revoked``, and ``person.centre_set`` with that of
    a treatment centre.

    Raises ReasonMissing, NotAllowed, OwnAccess, NotFound.
    """
    reason = rules.written(reason)
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        held = RoleAssignment.objects.filter(
            id=assignment, person=person, site=a.actor.site, revoked_at__isnull=True
        ).first()
        if held is None:
            raise NotFound()
        a.append(person, RoleRevoked(assignment=assignment, role=held.role, reason=reason))
        if held.role == OUTSIDE and held.site:
            leave_centre(a, person, held.site, reason=reason)
        a.reply = {"id": str(assignment)}
    return a.reply
