"""What a person holds to sign in with: passkeys, a generator of codes, codes on paper.

allauth's table is no evidence: what it holds can be added and taken away again. That it was,
and by whom, is on the person's stream. Nobody adds a factor for somebody else.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator

from accounts import origin, rules
from accounts.entries import FactorAdded, FactorRemoved, SessionsEnded
from accounts.enums import FactorKind, GuessKind
from accounts.exceptions import PersonIsDisabled
from accounts.models import Person
from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from accounts.services.credentials import counted
from accounts.services.throttle import Try
from accounts.sign_in_exceptions import FactorHeld, NotYourAccount
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.act import Act, act, acting, keep_refusal
from records.commands import Actor, Command, Reply

KINDS: Final = {
    Authenticator.Type.WEBAUTHN: FactorKind.PASSKEY,
    Authenticator.Type.TOTP: FactorKind.CODE,
    Authenticator.Type.RECOVERY_CODES: FactorKind.RECOVERY,
}
TYPES: Final = {kind: held for held, kind in KINDS.items()}


def factors_of(person: UUID) -> list[dict[str, Any]]:
    """Return what a person holds: id, kind, name, since when, last used; no keys."""
    rows = Authenticator.objects.filter(user_id=person).order_by("created_at", "id")
    return [
        {
            "id": row.data["factor"],
            "kind": KINDS[Authenticator.Type(row.type)],
            "name": row.data["name"],
            "since": row.created_at,
            "used": row.last_used_at,
        }
        for row in rows
    ]


@acting
def keep_factors(
    *, command: Command, person: UUID, kept: dict[FactorKind, dict[str, Any]]
) -> Reply:
    """Keep new factors of the person who acts; appends ``factor.added`` for each.

    ``kept`` is what allauth needs of each, with its ``name``. Codes on paper take the place of
    older ones. Raises NotYourAccount, FactorHeld.
    """
    if command.actor.person != person:
        raise NotYourAccount(streams=[person])
    with act(command, streams=[person]) as a:
        for kind, data in kept.items():
            _keep(a, person, kind, data)
        a.reply = {"id": str(person)}
    return a.reply


def _keep(a: Act, person: UUID, kind: FactorKind, data: dict[str, Any]) -> None:
    held = Authenticator.objects.filter(user_id=person, type=TYPES[kind])
    if kind is FactorKind.CODE and held.exists():
        raise FactorHeld()
    factor = uuid7()
    said = FactorAdded(factor=factor, kind_of_factor=kind.value, name=data["name"])
    a.append(person, said)
    if kind is FactorKind.RECOVERY:
        held.delete()
    Authenticator.objects.create(
        user_id=person, type=TYPES[kind], data={**data, "factor": str(factor)}, created_at=a.now
    )


@acting
def remove_factor(*, command: Command, person: UUID, factor: UUID, reason: str) -> Reply:
    """Take a factor away at once, by its person or an administrator; ``factor.removed``.

    With a generator its codes on paper go, too; by an administrator, the person's sessions as
    well, and for a reason. Raises NotAllowed, NotFound, ReasonMissing.
    """
    with act(command, streams=[person]) as a:
        if a.actor.person != person:
            rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
            rules.check_manages(a.actor, person)
        row = Authenticator.objects.filter(user_id=person, data__factor=str(factor)).first()
        if row is None:
            raise NotFound()
        gone = [row]
        if row.type == Authenticator.Type.TOTP:
            paper = Authenticator.Type.RECOVERY_CODES
            gone += Authenticator.objects.filter(user_id=person, type=paper)
        for each in gone:
            _remove(a, each, reason)
        if a.actor.person != person:
            a.append(person, SessionsEnded(reason=rules.written(reason)))
        a.reply = {"id": str(factor)}
    return a.reply


def _remove(a: Act, row: Authenticator, reason: str) -> None:
    said = FactorRemoved(
        factor=UUID(row.data["factor"]),
        kind_of_factor=KINDS[Authenticator.Type(row.type)].value,
        name=row.data["name"],
        reason=reason,
    )
    a.append(row.user_id, said)
    row.delete()


def try_factor(
    person: Person, kind: GuessKind, is_right: Callable[[], bool], wrong: Refusal, *, actor: Actor
) -> None:
    """Count a try of a factor as one of a secret, then look at it; keep a wrong one.

    Call it in no act. Raises ``wrong``, LockedOut, CredentialBlocked, TriedTooSoon, SourceSlowed.
    """
    tried = Try(
        person=person.id,
        identity=person.id,
        kind=kind,
        scope=origin.scope_of(actor.device),
        at=clock.now(),
    )
    if counted(tried, is_right, actor=actor):
        return
    keep_attempt(person.id, type(wrong)(streams=[person.id], credential=kind.value), actor=actor)
    raise wrong


def keep_attempt(person: UUID, refusal: Refusal, *, actor: Actor) -> None:
    """Keep a refused attempt on the person's stream."""
    keep_refusal(Command(key=uuid7(), name="credential.prove", actor=actor), refusal)


def proof_of(person: Person, *, factors: tuple[str, ...], actor: Actor) -> Proof:
    """Return the proof of a person whom an authenticator or a provider has proved.

    Raises PersonIsDisabled, after keeping the attempt.
    """
    if not person.active:
        disabled = PersonIsDisabled(person=person.printed_name, streams=[person.id])
        keep_attempt(person.id, disabled, actor=actor)
        raise PersonIsDisabled(person=person.printed_name)
    return Proof(
        person=person.id,
        printed_name=person.printed_name,
        site=actor.site,
        zone=actor.zone,
        factors=factors,
        at=clock.now(),
        presence=origin.presence_of(actor),
        strong=True,
    )
