"""The middleware found the person; these tell it to the framework of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access import access_of
from mes.lib.access import PUBLIC, SIGNED_IN, permission_of

if TYPE_CHECKING:  # the framework's views read this module's name from the settings
    from rest_framework.views import APIView


class SessionPeriod(SessionAuthentication):
    """The person of the signed-in period; a request that changes something carries the token."""

    def authenticate_header(self, request: Request) -> str:
        """Answer nobody with 401 instead of 403."""
        return 'Session realm="api"'


class NamedPermission(BasePermission):
    """Grants an operation whose named permission the person holds; refuses one without a name."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        asked = request._request.resolver_match
        permission = permission_of(view) or (permission_of(asked.func) if asked else None)
        access = access_of(request._request)
        if permission is None:
            return False
        if permission == PUBLIC:
            return True
        return access is not None and (permission == SIGNED_IN or access.may(permission))
