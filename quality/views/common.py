"""What the pages of QA and QC do alike."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.access import access_of
from accounts.services.at_desk import prove_at_desk
from accounts.services.ceremony import Proof
from mes.lib.refusals import Refusal
from records.commands import Actor
from records.reading import reading
from records.web import actor_of

READ = ["GET", "HEAD"]
BOTH = ["GET", "HEAD", "POST"]


def language() -> str:
    """Return the reader's language."""
    return get_language() or "en"


def page_reading(request: HttpRequest) -> AbstractContextManager[None]:
    """Open the reading of a page, unless the middleware has opened it (GET)."""
    if connection.in_atomic_block:
        return nullcontext()
    actor = actor_of(request)
    return reading(site=actor.site, person=actor.person)


def may(request: HttpRequest, permission: str) -> bool:
    """Say whether the person's roles grant a permission: what a page offers."""
    access = access_of(request)
    return access is not None and access.may(permission)


def proof_from(request: HttpRequest, actor: Actor) -> Proof:
    """Prove the person by what the form brought. Raises the refusals of the ceremony."""
    return prove_at_desk(request.POST.dict(), actor=actor, within=access_of(request))


def refusal_of(do: Callable[[], Any]) -> Refusal | None:
    """Do it, and return the refusal that the page shows beside its button, or None."""
    try:
        do()
    except Refusal as refusal:
        return refusal
    return None


def status_of(form: Any, refused: Refusal | None) -> int:
    """Return the status of a page: the refusal's, 400 for a form that cannot be read, else 200."""
    if refused is not None:
        return refused.status
    return 400 if form is not None and form.is_bound and not form.is_valid() else 200
