"""What allauth asks of us: it never makes, saves or signs in a person.

It is used as a library for protocols; none of its addresses is mounted. The end of each is our
own: a period is opened on the person's stream, or it is refused (ADR 0024).
"""

from base64 import b64decode, urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Person
from accounts.sign_in_exceptions import NotOffered


class NoAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by ``accounts.services.people.join_person``, after a check on paper."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def save_user(self, *args: Any, **kwargs: Any) -> Person:
        """Refuse: a person's row is written by folds only."""
        raise NotOffered()

    def login(self, request: HttpRequest, user: Person) -> None:
        """Refuse: only a signed-in period of ours signs in."""
        raise NotOffered()


def proved_twice(said: dict[str, Any]) -> bool:
    """Say whether the provider has signed that it asked for more than a password (RFC 8176)."""
    claims = said.get("id_token")
    ways = claims.get("amr") if isinstance(claims, dict) else None
    return isinstance(ways, list) and "mfa" in ways


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What a provider proved ends here, before allauth would look for or make an account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs up."""
        return False

    def save_user(self, *args: Any, **kwargs: Any) -> Person:
        """Refuse: a person's row is written by folds only."""
        raise NotOffered()

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """End allauth's work: open our period for the person who is this subject."""
        from accounts.views.single_sign_on import arrived  # noqa: PLC0415 - allauth names us there

        subject, wanted = sociallogin.account.uid, sociallogin.state.get("next") or ""
        strong = proved_twice(sociallogin.account.extra_data)
        raise ImmediateHttpResponse(arrived(request, subject=subject, wanted=wanted, strong=strong))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Say it on our own page."""
        from accounts.views.single_sign_on import failed  # noqa: PLC0415 - allauth names us there

        raise ImmediateHttpResponse(failed(request, exception or error))


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys and codes of people: named by user name, sealed by the site's key."""

    def encrypt(self, text: str) -> str:
        """Seal the secret of a generator, so that a copy of the table is of no use."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Return what an authenticator keeps of a person: the id, and names to choose by."""
        return {
            "id": str(user.id).encode(),
            "name": user.username,
            "display_name": user.printed_name,
        }


def _seal() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mes:one-time-codes")
    return Fernet(urlsafe_b64encode(derive.derive(b64decode(settings.MES_MASTER_KEY))))
