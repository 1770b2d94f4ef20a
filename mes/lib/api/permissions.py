"""The API is closed unless an operation opens itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # the framework's views read this module's name from the settings
    from rest_framework.views import APIView


class Denied(BasePermission):
    """Refuses: an operation that names no permission of its own is closed."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
