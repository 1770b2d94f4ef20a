"""Single sign-on: which subject of the provider a person is, said by an administrator."""

from uuid import UUID

from accounts import rules
from accounts.entries import SignInLinked, SignInUnlinked
from accounts.exceptions import IdentityNotChecked, PersonIsDisabled
from accounts.models import SignInLink
from accounts.permissions import Permission
from accounts.selectors import person_of
from accounts.sign_in_exceptions import SubjectMissing
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import act, acting
from records.commands import Command, Reply


@acting
def link_subject(
    *, command: Command, person: UUID, provider: str, subject: str, identity_check: str
) -> Reply:
    """Say which subject of a provider a person is; appends ``sign_in.linked``.

    ``identity_check`` says how the administrator knew whose subject it is. Raises NotAllowed,
    OwnAccess, IdentityNotChecked, SubjectMissing, SubjectTaken, PersonIsDisabled, NotFound.
    """
    if not identity_check.strip():
        raise IdentityNotChecked(field="identity_check")
    if not subject.strip():
        raise SubjectMissing(field="subject")
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        linked = person_of(person)
        if not linked.active:
            raise PersonIsDisabled(person=linked.printed_name)
        link = uuid7()
        said = SignInLinked(
            link=link,
            provider=provider,
            subject=subject.strip(),
            identity_check=identity_check.strip(),
        )
        a.append(person, said)
        a.reply = {"id": str(link)}
    return a.reply


@acting
def unlink_subject(*, command: Command, person: UUID, link: UUID, reason: str) -> Reply:
    """End a link at once; appends ``sign_in.unlinked``. Raises NotAllowed, OwnAccess, NotFound."""
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        held = SignInLink.objects.filter(id=link, person=person, unlinked_at__isnull=True)
        if not held.exists():
            raise NotFound()
        a.append(person, SignInUnlinked(link=link, reason=rules.written(reason)))
        a.reply = {"id": str(link)}
    return a.reply
