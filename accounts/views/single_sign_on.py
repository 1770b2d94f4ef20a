"""Single sign-on: out to the site's OpenID provider, and back with what it has signed."""

import logging
from typing import Any, Final

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts import answers, origin, sessions
from accounts.access import access_of
from accounts.selectors import person_by_subject
from accounts.services.factors import proof_of
from accounts.services.periods import desk_actor, sign_in_proved
from accounts.sign_in_exceptions import (
    NotOffered,
    SecondFactorNeeded,
    SingleSignOnFailed,
    SubjectUnknown,
)
from accounts.views.sign_in import inside
from mes.lib.access import public
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from mes.lib.single_sign_on import PROVIDER

logger = logging.getLogger(__name__)

# What a token may be signed with: a key pair of the provider, never a secret shared with us.
SIGNED_BY: Final = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"}
# How far the provider's clock and ours may be apart, in seconds.
LEEWAY: Final = 60
FAILURES: Final = (
    SocialApp.DoesNotExist,
    OAuth2Error,
    RequestException,
    jwt.PyJWTError,
    KeyError,
    TypeError,
    ValueError,
)


class Provider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The site's OpenID provider, with our own way back; its token's signature is checked."""

    def get_provider(self) -> Any:
        """Return what allauth knows of the provider; it asks us and not itself for the way back."""
        provider = super().get_provider()
        provider.oauth2_adapter_class = Provider
        return provider

    def get_callback_url(self, request: HttpRequest, app: object) -> str:
        """Return where the provider sends the browser back to."""
        return request.build_absolute_uri(reverse("accounts:single_sign_on_back"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Take what is signed; allauth would believe an unsigned answer, too."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no signed token.")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Read what the provider signed. A token need not name its key when there is but one."""
        header = jwt.get_unverified_header(id_token)
        algorithm, kid = header.get("alg"), header.get("kid")
        keys = [key for key in self._keys() if kid in (None, key.key_id)]
        if algorithm not in SIGNED_BY or len(keys) != 1:
            raise OAuth2Error("The token is not signed by a known key.")
        issuer: str = self.openid_config["issuer"]
        needed = {"require": ["exp", "iss", "aud", "sub"]}
        return jwt.decode(
            id_token,
            keys[0],
            algorithms=[algorithm],
            audience=app.client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options=needed,  # type: ignore[arg-type]
        )

    def _keys(self) -> list[jwt.PyJWK]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        return [key for key in keys if key.public_key_use in (None, "sig")]


@public
@never_cache
@require_safe
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    return _with_provider(request, OAuth2LoginView)


@public
@never_cache
@require_safe
def single_sign_on_back(request: HttpRequest) -> HttpResponse:
    """Take what the provider says; ``arrived`` ends it."""
    return _with_provider(request, OAuth2CallbackView)


def _with_provider(request: HttpRequest, view: Any) -> HttpResponse:
    """Let allauth speak with the provider. A tablet has badge and PIN, whoever is in is in."""
    if not settings.SOCIALACCOUNT_PROVIDERS:
        return answers.refused(request, NotOffered())
    if access_of(request) is not None or sessions.device_of(request) is not None:
        return redirect("accounts:home")
    try:
        answer: HttpResponse = view.adapter_view(Provider(request, PROVIDER))(request)
    except FAILURES as error:
        return failed(request, error)
    return answer


def failed(request: HttpRequest, error: object) -> HttpResponse:
    """Say on our own page that it did not succeed; the log names the kind of error only."""
    logger.warning("Single sign-on failed: %s", type(error).__name__)
    return answers.refused(request, SingleSignOnFailed())


def arrived(request: HttpRequest, *, subject: str, wanted: str, strong: bool) -> HttpResponse:
    """Open a period for the person who is ``subject``, or say why not.

    From outside of the site the provider has to have asked for a second factor (``strong``).
    """
    desk = desk_actor()
    try:
        person = person_by_subject(PROVIDER, subject)
        if person is None:
            logger.warning("Single sign-on: %r is linked to nobody", subject)
            raise SubjectUnknown(subject=subject)
        if origin.is_outside() and not strong:
            raise SecondFactorNeeded()
        proof = proof_of(person, factors=("single sign-on",), actor=desk)
        opened = sign_in_proved(key=uuid7(), proof=proof)
    except Refusal as refusal:
        return answers.refused(request, refusal)
    sessions.begin(request, opened)
    return redirect(inside(request, wanted) or "/")
