"""One-time codes: of a generator (RFC 6238), and a few on paper for when it is lost.

A code is used up in its row, under a lock: it is right once, whatever process is asked.
"""

from functools import partial
from typing import Any, Final
from uuid import UUID

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction

from accounts import origin
from accounts.enums import FactorKind, GuessKind
from accounts.selectors import person_of
from accounts.services.factors import keep_factors, try_factor
from accounts.sign_in_exceptions import CodeNeeded, SecondFactorNeeded, WrongCode
from mes.lib import clock
from records.commands import Actor, Command, Reply

# Steps of 30 s beside the present one: a phone's clock is never quite right.
DRIFT: Final = 1
PERIOD: Final = 30
NEVER: Final = -1


def new_secret() -> str:
    """Return the secret of a new generator of codes, in base 32."""
    secret: str = totp.generate_totp_secret()
    return secret


def add_generator(*, command: Command, person: UUID, name: str, secret: str, code: str) -> Reply:
    """Keep a generator once it has shown a right code, and make codes on paper.

    Raises NotYourAccount, FactorHeld, WrongCode.
    """
    counter = _counter_of(secret, code, after=NEVER)
    if counter is None:
        raise WrongCode(field="code")
    generator = {"name": name, "secret": encrypt(secret), "counter": counter}
    kept = {FactorKind.CODE: generator, FactorKind.RECOVERY: _paper()}
    return keep_factors(command=command, person=person, kept=kept)


def renew_paper(*, command: Command, person: UUID) -> Reply:
    """Make new codes on paper; the older ones are of no use from now on. Raises NotYourAccount."""
    return keep_factors(command=command, person=person, kept={FactorKind.RECOVERY: _paper()})


def _paper() -> dict[str, Any]:
    return {"name": "", "seed": encrypt(RecoveryCodes.generate_seed()), "used_mask": 0}


def paper_of(person: UUID) -> list[str]:
    """Return the unused codes on paper. Shown to the person who has just made them, once."""
    row = Authenticator.objects.filter(
        user_id=person, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    codes: list[str] = RecoveryCodes(row).get_unused_codes() if row else []
    return codes


def has_generator(person: UUID) -> bool:
    """Say whether a password of this person needs a code beside it."""
    if not settings.MES_CODES:
        return False
    held = Authenticator.objects.filter(user_id=person, type=Authenticator.Type.TOTP)
    return bool(held.exists())


def second_factor(person: UUID, *, code: str, actor: Actor) -> tuple[str, ...]:
    """Return the second factor that a password needs at a desk, if any.

    Whoever has a generator gives a code; from outside of the site nobody gets in without.
    Raises CodeNeeded, SecondFactorNeeded, WrongCode, and as ``try_factor``.
    """
    if not has_generator(person):
        if origin.is_outside():
            raise SecondFactorNeeded()
        return ()
    given = "".join(code.split())
    if not given:
        raise CodeNeeded(field="code")
    on_paper = len(given) > app_settings.TOTP_DIGITS
    is_right = partial(_use_paper if on_paper else _use, person, given)
    try_factor(person_of(person), GuessKind.CODE, is_right, WrongCode(field="code"), actor=actor)
    return ("recovery code",) if on_paper else ("code",)


def _use_paper(person: UUID, code: str) -> bool:
    """Say whether a code on paper is right, and cross it out under a lock of its row."""
    row = Authenticator.objects.filter(
        user_id=person, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if row is None or not RecoveryCodes(row).validate_code(code):
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=clock.now())
    return True


def _use(person: UUID, code: str) -> bool:
    """Say whether a code of the generator is right and later than the last one; note it."""
    with transaction.atomic(durable=True):
        row = Authenticator.objects.select_for_update().get(
            user_id=person, type=Authenticator.Type.TOTP
        )
        counter = _counter_of(decrypt(row.data["secret"]), code, after=row.data["counter"])
        if counter is None:
            return False
        row.data["counter"] = counter
        row.last_used_at = clock.now()
        row.save(update_fields=["data", "last_used_at"])
        return True


def _counter_of(secret: str, code: str, *, after: int) -> int | None:
    """Return the time step whose code this is, if it is later than the last one used."""
    present = int(clock.now().timestamp()) // PERIOD
    for counter in range(present - DRIFT, present + DRIFT + 1):
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > after and compare_user_code(actual=code, expected=expected):
            return counter
    return None
