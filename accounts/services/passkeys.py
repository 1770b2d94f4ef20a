"""Passkeys: made, and used to sign in or to sign. fido2 checks what the browser says.

The authenticator verifies its person by PIN or biometry before it answers: two components,
which is why a passkey needs no code beside it (21 CFR 11.200(a)).
"""

import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from fido2.utils import websafe_decode

from accounts.enums import FactorKind, GuessKind
from accounts.models import Person
from accounts.selectors import person_of
from accounts.services.ceremony import Proof
from accounts.services.factors import keep_factors, proof_of, try_factor
from accounts.sign_in_exceptions import WrongFactor
from mes.lib import clock
from mes.lib.refusals import NotFound
from records.commands import Actor, Command, Reply

FACTORS: Final = ("passkey", "user verification")
# A question is answered once, and soon.
ASKED: Final = "passkey-asked"
ANSWERED_WITHIN: Final = timedelta(minutes=5)
MALFORMED: Final = (ValueError, KeyError, TypeError, AttributeError)


def new_passkey_options(person: Person) -> dict[str, Any]:
    """Return what the browser needs to make a passkey; the question stays in the session."""
    return _asked(webauthn.begin_registration(person, passwordless=True))


def add_passkey(*, command: Command, person: UUID, name: str, answer: str) -> Reply:
    """Keep the passkey that the browser made. ``answer`` is its JSON.

    Raises NotYourAccount, WrongFactor.
    """
    credential = _read(answer)
    try:
        _check_in_time()
        webauthn.complete_registration(credential)
    except (ValidationError, *MALFORMED) as error:
        raise WrongFactor() from error
    finally:
        _forget()
    kept = {FactorKind.PASSKEY: {"name": name, "credential": credential}}
    return keep_factors(command=command, person=person, kept=kept)


def passkey_options() -> dict[str, Any]:
    """Return what the browser needs to ask for a passkey of this site.

    Nobody is named, so that the answer says whose it is.
    """
    return _asked(webauthn.begin_authentication(None))


def prove_by_passkey(answer: str, *, actor: Actor) -> Proof:
    """Return the proof of the person whose passkey answered the question of this session.

    Call it in no act. ``answer`` is the browser's JSON, ``actor`` stands at the desk. A wrong
    answer for a person's passkey is kept on their stream. Raises WrongFactor, LockedOut,
    CredentialBlocked, TriedTooSoon, SourceSlowed, PersonIsDisabled.
    """
    credential = _read(answer)
    try:
        person = _person_named(credential)
        is_right = partial(_answers, person, credential)
        try_factor(person, GuessKind.PASSKEY, is_right, WrongFactor(), actor=actor)
    finally:
        _forget()
    return proof_of(person, factors=FACTORS, actor=actor)


def _person_named(credential: dict[str, Any]) -> Person:
    """Return the person whom the authenticator names. Raises WrongFactor."""
    try:
        handle = credential["response"]["userHandle"]
        return person_of(UUID(websafe_decode(handle).decode()))
    except (NotFound, *MALFORMED) as error:
        raise WrongFactor() from error


def _answers(person: Person, credential: dict[str, Any]) -> bool:
    try:
        _check_in_time()
        held: Authenticator = webauthn.complete_authentication(person, credential)
    except (ValidationError, *MALFORMED):
        return False
    held.last_used_at = clock.now()
    held.save(update_fields=["last_used_at"])
    return True


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    context.request.session[ASKED] = clock.now().isoformat()
    return options


def _check_in_time() -> None:
    asked = datetime.fromisoformat(context.request.session[ASKED])
    if clock.now() - asked > ANSWERED_WITHIN:
        raise ValueError("The question is too old.")


def _forget() -> None:
    context.request.session.pop(ASKED, None)
    webauthn.clear_state()


def _read(answer: str) -> dict[str, Any]:
    """Return the browser's JSON. Raises WrongFactor."""
    try:
        read: Any = json.loads(answer)
    except ValueError as error:
        raise WrongFactor() from error
    if not isinstance(read, dict):
        raise WrongFactor()
    return read
