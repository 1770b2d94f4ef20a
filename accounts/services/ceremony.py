"""The ceremony of signing: who it is (two components), then what was signed.

``prove`` runs outside any act, because it hashes; ``sign`` runs inside one, because it
asks for the role at that instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import selectors
from accounts.enums import CredentialKind
from accounts.exceptions import NotAllowed, PersonIsDisabled, WrongCredential
from accounts.models import Person
from accounts.permissions import Permission, role_for
from accounts.services.credentials import holds
from mes.lib import clock
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from records.act import keep_refusal
from records.commands import Actor, Command
from records.signatures import Signature


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person was there: both components were right at ``at``. Used at once."""

    person: UUID
    printed_name: str
    site: UUID | None
    zone: str
    factors: tuple[str, ...]
    at: datetime


def prove(*, badge: str, pin: str, actor: Actor) -> Proof:
    """Prove a person by badge and PIN, on the tablet at which ``actor`` stands.

    Call it in no act. A wrong try is kept on the person's stream. Raises WrongCredential,
    LockedOut, CredentialBlocked, PersonIsDisabled.
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


def _proof(
    person: Person | None,
    kind: CredentialKind,
    secret: str,
    *,
    typed: str,
    actor: Actor,
    factors: tuple[str, ...],
) -> Proof:
    if not holds(person.id if person else None, kind, secret, typed=typed, actor=actor):
        _keep_wrong_try(person, kind, actor=actor)
        raise WrongCredential(field=kind.value)
    assert person is not None  # noqa: S101 - nobody holds no secret
    if not person.active:
        raise PersonIsDisabled(person=person.printed_name)
    return Proof(
        person=person.id,
        printed_name=person.printed_name,
        site=actor.site,
        zone=actor.zone,
        factors=factors,
        at=clock.now(),
    )


def _keep_wrong_try(person: Person | None, kind: CredentialKind, *, actor: Actor) -> None:
    if person is None:
        return
    attempt = Command(key=uuid7(), name="credential.prove", actor=actor)
    keep_refusal(attempt, WrongCredential(streams=[person.id], credential=kind.value))


def sign(
    proof: Proof,
    *,
    meaning: str,
    content: Any,
    permission: str,
    at: datetime,
    parts: Sequence[str] = (),
) -> Signature:
    """Return the signature of a proven person under ``content``: exactly what was shown.

    Call it inside the act, with its instant. The signer must hold ``permission`` at the
    site of the proof, and the role that grants it is part of the signature (21 CFR 11.50).
    Raises NotAllowed.
    """
    roles = selectors.roles_of(proof.person, proof.site) if proof.site else ()
    role = role_for(permission, list(roles))
    if role is None:
        said = Permission(permission).value
        raise NotAllowed(person=proof.printed_name, permission=said, streams=[proof.person])
    return Signature(
        person=proof.person,
        printed_name=proof.printed_name,
        role=role,
        meaning=meaning,
        at=at,
        zone=proof.zone,
        factors=proof.factors,
        content_hash=content_hash(content),
        parts=tuple(parts),
    )
