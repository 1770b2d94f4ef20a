"""The ceremony of signing: who it is (two components), then what was signed.

``prove`` runs outside any act, because it hashes; ``sign`` runs inside one, because it
asks for the role at that instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from accounts import origin, policy, selectors
from accounts.enums import CredentialKind, Presence
from accounts.exceptions import NotAllowed, PersonIsDisabled
from accounts.models import Person
from accounts.permissions import SECOND_PERSONS, Permission, role_for
from accounts.services.badges import check_badge
from accounts.services.credentials import check_own, holds
from accounts.sign_in_exceptions import SecondFactorNeeded, WrongCredential
from accounts.signing_exceptions import (
    NotOnSite,
    PolicyNotAcknowledged,
    ProofSpent,
    ShownHasChanged,
)
from mes.lib import clock
from mes.lib.evidence import JSON, content_hash
from mes.lib.ids import uuid7
from records.act import Act, keep_refusal
from records.commands import Actor, Command
from records.signatures import Signature

# Hashing, waiting for locks and the act itself take less.
FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person was there: both components were right at ``at``.

    Used at once, and by one command only: what a second command signs needs a proof of its own.
    ``presence`` is what proves where they are; ``strong`` says that a second factor stands
    behind it (a passkey, or the period's own).
    """

    person: UUID
    printed_name: str
    site: UUID | None
    zone: str
    factors: tuple[str, ...]
    at: datetime
    presence: Presence = Presence.UNKNOWN
    strong: bool = False
    _used_by: set[UUID] = field(default_factory=set, init=False, repr=False, compare=False)

    def use(self, a: Act) -> None:
        """Spend the proof on the command of an act. Raises ProofSpent.

        A command that runs again under its own key (a lost race) uses its own proof again.
        """
        if self._used_by - {a.command.key} or a.now - self.at > FRESH:
            raise ProofSpent(person=self.printed_name, streams=[self.person])
        self._used_by.add(a.command.key)


def prove(*, badge: str, pin: str, actor: Actor) -> Proof:
    """Prove a person by badge and PIN, on the tablet at which ``actor`` stands.

    Call it in no act. A wrong try is kept on the person's stream. Raises WrongCredential,
    LockedOut, CredentialBlocked, PersonIsDisabled, BadgeOverdue, OwnSecretNeeded.
    """
    person = selectors.person_by_badge(badge)
    factors = ("badge", "pin")
    return _proof(person, CredentialKind.PIN, pin, typed=badge, actor=actor, factors=factors)


def prove_by_password(*, username: str, password: str, actor: Actor) -> Proof:
    """Prove a person by user name and password, at a desk. Raises as ``prove``."""
    person = selectors.person_by_username(username)
    factors = ("username", "password")
    kind = CredentialKind.PASSWORD
    return _proof(person, kind, password, typed=username, actor=actor, factors=factors)


def prove_again(person: Person, kind: CredentialKind, secret: str, *, actor: Actor) -> Proof:
    """Prove the person whose unbroken period this is by what only they know. Raises as ``prove``.

    Whether the period is unbroken, and both components opened it, is for the caller to know.
    """
    factors = ("signed-in period", kind.value)
    return _proof(person, kind, secret, typed="", actor=actor, factors=factors)


def prove_to_replace(*, kind: CredentialKind, typed: str, secret: str, actor: Actor) -> Proof:
    """Prove a person who replaces a secret, even one that another has set. Raises as ``prove``."""
    by_pin = kind is CredentialKind.PIN
    person = selectors.person_by_badge(typed) if by_pin else selectors.person_by_username(typed)
    return _proof(person, kind, secret, typed=typed, actor=actor, factors=(), replaces=True)


def _proof(
    person: Person | None,
    kind: CredentialKind,
    secret: str,
    *,
    typed: str,
    actor: Actor,
    factors: tuple[str, ...],
    replaces: bool = False,
) -> Proof:
    if not holds(person.id if person else None, kind, secret, typed=typed, actor=actor):
        _keep_wrong_try(person, kind, actor=actor)
        raise WrongCredential(field=kind.value)
    assert person is not None  # noqa: S101 - nobody holds no secret
    if not person.active:
        raise PersonIsDisabled(person=person.printed_name)
    if kind is CredentialKind.PIN:
        check_badge(person, at=clock.now())
    if not replaces:
        check_own(person.id, kind, at=clock.now())
    return Proof(
        person=person.id,
        printed_name=person.printed_name,
        site=actor.site,
        zone=actor.zone,
        factors=factors,
        at=clock.now(),
        presence=origin.presence_of(actor),
    )


def _keep_wrong_try(person: Person | None, kind: CredentialKind, *, actor: Actor) -> None:
    if person is None:
        return
    attempt = Command(key=uuid7(), name="credential.prove", actor=actor)
    keep_refusal(attempt, WrongCredential(streams=[person.id], credential=kind.value))


def check_shown(shown: str | None, content: JSON) -> None:
    """What is signed is what was shown (21 CFR 11.70). Raises ShownHasChanged.

    None says that the caller showed nothing: a simulation, a test. No page passes it.
    """
    if shown is not None and shown != content_hash(content):
        raise ShownHasChanged()


def sign(
    a: Act,
    proof: Proof,
    *,
    meaning: str,
    content: JSON,
    permission: str,
    parts: Sequence[str] = (),
    role: str | None = None,
) -> Signature:
    """Return the signature of a proven person under ``content``, at the instant of the act.

    The signer must hold ``permission`` at the site of the proof, and the role that grants it is
    part of the signature (21 CFR 11.50); with ``role`` it is that one or none. They have
    acknowledged the policy, are on site where the site asks that of such a second person, and
    gave a second factor if they are remote. Spends the proof. Raises ProofSpent, NotAllowed,
    PolicyNotAcknowledged, NotOnSite, SecondFactorNeeded.
    """
    proof.use(a)
    signer = selectors.signer_at(proof.person, proof.site)
    role = role_for(permission, [one for one in signer.roles if role in {None, one}])
    if role is None:
        said = Permission(permission).value
        raise NotAllowed(person=proof.printed_name, permission=said, streams=[proof.person])
    if signer.policy != policy.VERSION:
        raise PolicyNotAcknowledged(person=proof.printed_name)
    _check_presence(proof, Permission(permission))
    return Signature(
        person=proof.person,
        printed_name=proof.printed_name,
        role=role,
        meaning=meaning,
        at=a.now,
        zone=proof.zone,
        factors=proof.factors,
        content_hash=content_hash(content),
        parts=tuple(parts),
    )


def _check_presence(proof: Proof, permission: Permission) -> None:
    """Raise NotOnSite, SecondFactorNeeded. That there are two people is asked elsewhere, always."""
    second = SECOND_PERSONS.get(permission)
    proved = proof.presence in (Presence.TABLET, Presence.DESK)
    if second and not proved and selectors.has_to_be_on_site(second):
        said = {"person": proof.printed_name, "second": second.value}
        raise NotOnSite(**said, streams=[proof.person])
    if proof.presence is Presence.REMOTE and not proof.strong:
        raise SecondFactorNeeded()
