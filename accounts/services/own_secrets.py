"""A secret is its person's own: what an administrator has set, or what is old, is replaced first.

Nobody else knows a secret that signs (21 CFR 11.200(a)(2)): one that was set by another person
proves nothing but that its person may choose their own.
"""

from uuid import UUID

from accounts import rules
from accounts.entries import SessionsEnded
from accounts.enums import CredentialKind
from accounts.models import Person
from accounts.permissions import Permission
from accounts.selectors import person_of, roles_of, sites_of
from accounts.services.ceremony import Proof, prove_again, prove_to_replace
from accounts.services.codes import second_factor
from accounts.services.credentials import is_present, set_credential
from accounts.sign_in_exceptions import SameSecret
from accounts.validators import check_secret
from mes.lib.ids import uuid7
from records.act import act, acting
from records.commands import Actor, Command, Reply
from records.reading import reading


def choose_own(
    *, kind: CredentialKind, typed: str, old: str, new: str, code: str = "", actor: Actor
) -> Reply:
    """Replace a secret by one that only its person knows; appends ``credential.changed``.

    ``typed`` is the user name, or the badge for a PIN; ``actor`` stands at the tablet or desk.
    The old one is tried and counted like any other. Raises WeakSecret, SameSecret,
    WrongCredential, LockedOut, CredentialBlocked, PersonIsDisabled, CodeNeeded, WrongCode.
    """
    check_secret(kind.value, new)
    if new == old:
        raise SameSecret(field="new")
    proof = prove_to_replace(kind=kind, typed=typed, secret=old, actor=actor)
    if actor.device is None:
        second_factor(proof.person, code=code, actor=actor)
    command = Command(key=uuid7(), name="credential.set", actor=_themselves(proof, actor.device))
    return set_credential(command=command, person=proof.person, kind=kind.value, secret=new)


def choose_pin_at_desk(*, person: Person, password: str, new: str, actor: Actor) -> Reply:
    """Choose one's PIN in one's period at a desk, by password; appends ``credential.changed``.

    The way out for who has forgotten it, and for whom wrong tries of others have blocked it when
    no administrator is there. Call it in no act. Raises WeakSecret, SameSecret, WrongCredential,
    LockedOut, CredentialBlocked, OwnSecretNeeded.
    """
    check_secret(CredentialKind.PIN.value, new)
    proof = prove_again(person, CredentialKind.PASSWORD, password, actor=actor)
    if is_present(person.id, CredentialKind.PIN, new):
        raise SameSecret(field="new")
    command = Command(key=uuid7(), name="credential.set", actor=actor)
    return set_credential(
        command=command, person=proof.person, kind=CredentialKind.PIN.value, secret=new
    )


def _themselves(proof: Proof, device: UUID | None) -> Actor:
    """Return the proven person as actor, at the first of their sites."""
    with reading(site=None, person=proof.person):
        site = next(iter(sites_of(proof.person)), None)
    roles: tuple[str, ...] = ()
    if site is not None:
        with reading(site=site.id, person=proof.person):
            roles = roles_of(proof.person, site.id)
    return Actor(
        person=proof.person,
        name=proof.printed_name,
        role=roles[0] if roles else "",
        site=site.id if site else None,
        device=device,
        zone=site.zone if site else "UTC",
    )


@acting
def end_sessions(*, command: Command, person: UUID, reason: str) -> Reply:
    """Sign a person out everywhere at the next request; appends ``person.sessions_ended``.

    Raises NotAllowed, NotFound, ReasonMissing.
    """
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_manages(a.actor, person)
        person_of(person)
        a.append(person, SessionsEnded(reason=rules.written(reason)))
        a.reply = {"id": str(person)}
    return a.reply
