"""How the published description of the API names our sign-in."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class SessionPeriodScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The cookie of the signed-in period."""

    target_class = "accounts.api.access.SessionPeriod"
    name = "signedInPeriod"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the cookie that carries it."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
