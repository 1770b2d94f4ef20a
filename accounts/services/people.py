"""Joining, moving, leaving: the trail of a person's rights (EU GMP draft Annex 11, 11)."""

from uuid import UUID

from accounts import rules
from accounts.centres import OUTSIDE
from accounts.entries import (
    PersonDisabled,
    PersonEnabled,
    PersonJoined,
    RoleGranted,
    RoleRevoked,
)
from accounts.exceptions import (
    IdentityNotChecked,
    PersonIsDisabled,
    PersonIsEnabled,
    RoleHeld,
    RolesConflict,
    UnknownRole,
)
from accounts.models import Credential, RoleAssignment
from accounts.permissions import ROLES, Permission
from accounts.selectors import asking_as, held_everywhere, person_of, roles_of
from accounts.services.approvals import ask_approver
from accounts.services.centres import leave_centre
from accounts.validators import check_printed_name
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import Act, New, act, acting
from records.commands import Command, Reply

# Who manages access does no work on a batch, and the other way round. Who is of a treatment
# centre works nowhere inside: another role would show them what is not their own.
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
    human; ``another_human`` says how it is known that somebody of the same name, or on a paper of
    the same number, is another one. Raises NotAllowed, NameNotPlain, IdentityNotChecked,
    IdentityPaperUsed, NameTaken, NumberTaken, UsernameTaken, BadgeTaken.
    """
    if not identity_check.strip():
        raise IdentityNotChecked(field="identity_check")
    check_printed_name(printed_name)
    with act(command, new=[New("person", person, None)]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_new_paper(a.actor, identity_check)
        joined = PersonJoined(
            username=username.strip().lower(),
            printed_name=printed_name.strip(),
            badge=badge.strip(),
            identity_check=identity_check.strip(),
            home=a.actor.site,
            another_human=rules.check_another_human(
                a.actor, printed_name, identity_check, another_human
            ),
        )
        a.append(person, joined)
        a.reply = {"id": str(person)}
    return a.reply


@acting
def disable_person(*, command: Command, person: UUID, reason: str) -> Reply:
    """Disable an account; appends ``person.disabled``.

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
def enable_person(*, command: Command, person: UUID, reason: str, identity_check: str) -> Reply:
    """Open a disabled account again; appends ``person.enabled``, ``role.revoked`` for each.

    ``identity_check`` names the paper of a fresh check, of this human and no account before.
    Roles are granted anew, each approved; secrets are replaced at the next sign-in; sessions of
    before stay dead. Raises ReasonMissing, IdentityNotChecked, IdentityPaperUsed, NotAllowed,
    OwnAccess, NotFound, PersonIsEnabled.
    """
    reason = rules.written(reason)
    if not identity_check.strip():
        raise IdentityNotChecked(field="identity_check")
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        seen = person_of(person)
        if seen.active:
            raise PersonIsEnabled(person=seen.printed_name)
        rules.check_new_paper(a.actor, identity_check)
        _end_roles(a, person, reason=reason)
        a.append(person, PersonEnabled(reason=reason, identity_check=identity_check.strip()))
        Credential.objects.filter(person=person).update(temporary=True)
        a.reply = {"id": str(person)}
    return a.reply


def _end_roles(a: Act, person: UUID, *, reason: str) -> None:
    """Revoke what was held when the account ended, wherever: nothing comes back by itself."""
    with asking_as(person):
        for held in held_everywhere(person):
            a.append(person, RoleRevoked(assignment=held.id, role=held.role, reason=reason))
            if held.role == OUTSIDE and held.site:
                leave_centre(a, person, held.site, reason=reason)


@acting
def grant_role(
    *, command: Command, person: UUID, role: str, approver: UUID | None = None, paper: str = ""
) -> Reply:
    """Grant a role at the actor's site; appends ``role.granted`` to the person's stream.

    ``approver`` asked for it, as ``paper`` shows (draft Annex 11, 11): one of the site's quality
    unit who neither grants nor gets it, and who owes from now on to confirm it. Raises
    NotAllowed, OwnAccess, UnknownRole, RoleHeld, RolesConflict, PersonIsDisabled, ApprovalMissing,
    ApprovedByThemselves, ApproverMayNot, NotFound.
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
        _check_active(person)
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
        ask_approver(a, person, granted)
        a.reply = {"id": str(granted.assignment)}
    return a.reply


def _check_active(person: UUID) -> None:
    seen = person_of(person)
    if not seen.active:
        raise PersonIsDisabled(person=seen.printed_name)


def _check_roles_together(role: str, held: tuple[str, ...]) -> None:
    if role in held:
        raise RoleHeld(field="role")
    for other in held:
        managing = APART in (role, other) and _does_gmp_work(other if role == APART else role)
        if managing or OUTSIDE in (role, other):
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
