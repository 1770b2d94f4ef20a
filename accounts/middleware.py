"""Who asks, and whether they may: closed unless a view names a permission that they hold."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts import answers, sessions
from accounts.access import NOBODY, access_of
from accounts.enums import PeriodEnd
from accounts.exceptions import EntryLocked, NotSignedIn
from accounts.origin import coming_from
from accounts.permissions import role_for
from accounts.selectors import Access, is_linked
from accounts.selectors import access_of as present_access
from accounts.services.periods import close_period
from accounts.sessions import DESK_IDLE, Period
from mes.lib import clock
from mes.lib.access import PUBLIC, SIGNED_IN, permission_of
from mes.lib.refusals import Forbidden, Refusal
from records.exceptions import Busy
from records.reading import reading

logger = logging.getLogger(__name__)

READS = {"GET", "HEAD", "OPTIONS"}


class AccessMiddleware:
    """Finds the person, opens the reading of a GET, and denies what is not allowed.

    The session is written outside of the reading, by the session middleware around us. When
    a person was disabled, a tablet retired or linked anew, or the last role revoked, the session
    is dead at the next request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with coming_from(request):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        attach(request, None)
        period = sessions.period_of(request.session)
        if period is not None:
            attach(request, _admit(request, period, clock.now()))
        access = access_of(request)
        if access is None:
            return self.get_response(request)
        with timezone.override(access.site.zone), _reading(request, access):
            response = self.get_response(request)
        return answers.private(request, response)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the view run, with ``request.actor`` in the role that grants it, or refuse."""
        permission, access = permission_of(view), access_of(request)
        if permission is None:
            logger.error("%s names no permission", getattr(view, "__qualname__", view))
            return answers.refused(request, Forbidden(permission="-"))
        role = _role(permission, access)
        if access is not None and role is not None:
            request.actor = access.actor(role)  # type: ignore[attr-defined]
        if permission == PUBLIC:
            return None
        if access is None:
            return answers.refused(request, NotSignedIn())
        if role is None:
            return answers.refused(request, Forbidden(permission=permission))
        if access.locked and (request.method not in READS or not _on_screen(permission, access)):
            return answers.refused(request, EntryLocked())
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer a refusal that no view has shown beside its button."""
        return answers.refused(request, error) if isinstance(error, Refusal) else None


def attach(request: HttpRequest, access: Access | None) -> None:
    """Tell the request who asks; ``actor`` gets the role of the view's permission later."""
    given: Any = request
    given.access = access
    given.person = access and access.person
    given.user = access.person if access else AnonymousUser()
    given.actor = access.actor(access.roles[0]) if access else NOBODY


def _role(permission: str, access: Access | None) -> str | None:
    if access is None:
        return None
    if permission in (PUBLIC, SIGNED_IN):
        return access.roles[0]
    return role_for(permission, list(access.roles))


def _on_screen(permission: str, access: Access) -> bool:
    return permission == SIGNED_IN or access.may(permission)


def _reading(request: HttpRequest, access: Access) -> AbstractContextManager[None]:
    if request.method not in READS:
        return nullcontext()
    return reading(site=access.site.id, person=access.person.id)


def _admit(request: HttpRequest, period: Period, at: datetime) -> Access | None:
    """Return the access of a period that goes on; end or lock one that must not."""
    with reading(site=period.site, person=period.person):
        access = present_access(
            person=period.person, site=period.site, device=period.device, period=period.id
        )
    if access is None or _ended_for_good(access, period):
        sessions.end(request.session)
        return None
    over = _over(period, access, at)
    if over is None:
        if _is_activity(request) and not period.locked:
            sessions.touch(request.session, period, at)
        return replace(access, locked=period.locked, factors=period.factors)
    _close(access, over)
    if over == PeriodEnd.IDLE and access.device:
        sessions.lock(request.session, period)
        return replace(access, locked=True)
    sessions.end(request.session)
    return None


def _ended_for_good(access: Access, period: Period) -> bool:
    ended = access.person.sessions_ended_at
    if access.device and not is_linked(access.device, period.link):
        return True
    return ended is not None and period.opened <= ended


def _over(period: Period, access: Access, at: datetime) -> PeriodEnd | None:
    if period.expired(at):
        return PeriodEnd.EXPIRED
    limit = timedelta(seconds=access.device.lock_after) if access.device else DESK_IDLE
    if not period.locked and period.idle(at, limit):
        return PeriodEnd.IDLE
    return None


def _close(access: Access, reason: PeriodEnd) -> None:
    try:
        close_period(actor=access.actor(access.roles[0]), period=access.period, reason=reason)
    except Busy:  # the period ends all the same; its last act says when it was last alive
        logger.warning("Period %s ended without an entry", access.period)


def _is_activity(request: HttpRequest) -> bool:
    """Say whether a person did something: polls and fragments do not count."""
    return request.method not in READS or "HX-Request" not in request.headers
