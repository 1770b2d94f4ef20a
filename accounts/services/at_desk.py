"""The components of a signature, by whichever means the form brought, at a desk or a tablet.

The first signing of a period takes both components, by the sign-in that opened it; while the
period is unbroken, the one that only the person knows is enough. Idle, lock and change of
person end the period (21 CFR 11.200(a)(1)).
"""

from collections.abc import Mapping
from dataclasses import replace

from accounts.enums import CredentialKind
from accounts.selectors import Access
from accounts.services.ceremony import Proof, prove, prove_again, prove_by_password
from accounts.services.passkeys import prove_by_passkey
from accounts.services.policy import acknowledge_on_sheet
from accounts.signing_exceptions import BothComponentsNeeded
from records.commands import Actor

Given = Mapping[str, str]


def prove_at_desk(given: Given, *, actor: Actor, within: Access | None) -> Proof:
    """Prove the signer by a passkey's ``answer`` or name and password; badge and PIN at a tablet.

    ``within`` is the signed-in period of the request: in an unbroken one that both components
    have opened, its person signs by ``password`` alone. A ticked ``policy`` is acknowledged.
    Call it in no act. Raises the refusals of the ceremony, WrongFactor, BothComponentsNeeded.
    """
    return _finished(_at_desk(given, actor=actor, within=within), given, actor, within)


def _at_desk(given: Given, *, actor: Actor, within: Access | None) -> Proof:
    if given.get("answer"):
        return prove_by_passkey(given["answer"], actor=actor)
    # Badge and PIN are for enrolled tablets: at a desk a number that is printed and six digits
    # would sign.
    if given.get("badge") and actor.device is not None:
        return prove(badge=given["badge"], pin=given.get("pin", ""), actor=actor)
    username, password = given.get("username", ""), given.get("password", "")
    if username:
        return prove_by_password(username=username, password=password, actor=actor)
    return _one_component(password, CredentialKind.PASSWORD, actor=actor, within=within)


def prove_at_tablet(
    given: Given, *, badge: str | None, actor: Actor, within: Access | None
) -> Proof:
    """Prove somebody at a tablet: by ``badge`` and PIN, or (None) by PIN alone whose period it is.

    Raises the refusals of the ceremony, and BothComponentsNeeded.
    """
    pin = given.get("pin", "")
    if badge is not None:
        proof = prove(badge=badge, pin=pin, actor=actor)
    else:
        proof = _one_component(pin, CredentialKind.PIN, actor=actor, within=within)
    return _finished(proof, given, actor, within)


def _one_component(
    secret: str, kind: CredentialKind, *, actor: Actor, within: Access | None
) -> Proof:
    at_tablet = kind is CredentialKind.PIN
    if within is None or not within.opened_by_both or at_tablet != bool(within.device):
        raise BothComponentsNeeded(field=kind.value)
    return prove_again(within.person, kind, secret, actor=actor)


def _finished(proof: Proof, given: Given, actor: Actor, within: Access | None) -> Proof:
    """Acknowledge what was ticked; a second factor of the person's own period counts here."""
    acknowledge_on_sheet(
        proof.person, name=proof.printed_name, factors=proof.factors,
        given=given.get("policy", ""), actor=actor,
    )  # fmt: skip
    own = within is not None and within.person.id == proof.person
    return replace(proof, strong=True) if own and within and within.second_factor else proof
