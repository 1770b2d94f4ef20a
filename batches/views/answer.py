"""How the pages of a batch are drawn: by situation, and after a refusal."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from accounts.access import access_of
from accounts.permissions import Permission
from batches.pages.refused import conditional_page, stop_page
from batches.pages.seen import Seen, language, look
from batches.pages.sheets import attest_page, sign_on_page, verify_page
from batches.pages.work import Situation, choose_page, frame, situation, step_page
from mes.lib.refusals import Interlock, Refusal
from records.reading import reading
from records.web import actor_of


def snapshot(request: HttpRequest) -> AbstractContextManager[None]:
    """Open the reading of a page, unless the middleware has opened it (GET)."""
    if connection.in_atomic_block:
        return nullcontext()
    actor = actor_of(request)
    return reading(site=actor.site, person=actor.person)


def branch_of(request: HttpRequest) -> str:
    """Return the operation that is worked on, where several are due (``?in=stage/operation``)."""
    return request.GET.get("in", "")


def may(request: HttpRequest, permission: str) -> bool:
    """Say whether the person signed in holds a permission, for what a page offers."""
    access = access_of(request)
    return access is not None and access.may(permission)


def badge_was_read(request: HttpRequest) -> bool:
    """Say whether this period began with a badge: on a tablet it did."""
    access = access_of(request)
    return access is not None and access.device is not None


def onward(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Go on with the one next thing, in the branch that was worked on."""
    branch = branch_of(request)
    tail = "?" + urlencode({"in": branch}) if branch else ""
    return redirect(reverse("batches:work", args=[batch]) + tail)


def draw(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page of a batch; every one of them watches the batch's stream."""
    seen: Seen = context["seen"]
    watch = {"etag": etag_of(seen.seq, seen.actor.person), "touch": "1.0"}
    response = render(request, template, {**watch, **context}, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response


def etag_of(seq: int, person: UUID | None) -> str:
    """Return what a poll compares: number of the last entry, language, person."""
    return f'"{seq}-{language()}-{person}"'


def present(
    request: HttpRequest,
    batch: UUID,
    *,
    refusal: Refusal | None = None,
    given: Mapping[str, str] | None = None,
    step: str = "",
    go_on: bool = False,
) -> HttpResponse:
    """Draw the one next thing of a batch, with a refusal if there was one."""
    with snapshot(request):
        seen = look(batch, actor_of(request), branch=branch_of(request))
        if refusal is not None and _of_this_step(seen, step):
            full = _full_page(refusal)
            if full is not None:
                template, page = full
                return draw(request, template, page(seen, refusal), status=refusal.status)
        status = refusal.status if refusal else 200
        template, context = _next(
            request, seen, refusal=refusal, given=given, go_on=go_on, step=step
        )
        return draw(request, template, context, status=status)


def _of_this_step(seen: Seen, step: str) -> bool:
    return seen.due is not None and seen.due.ref == step


def _full_page(refusal: Refusal) -> tuple[str, Callable[[Seen, Refusal], dict[str, Any]]] | None:
    if refusal.interlock == Interlock.ABSOLUTE:
        return "batches/stop.html", stop_page
    if refusal.interlock == Interlock.CONDITIONAL:
        return "batches/refused.html", conditional_page
    return None


def _next(
    request: HttpRequest,
    seen: Seen,
    *,
    refusal: Refusal | None,
    given: Mapping[str, str] | None,
    go_on: bool,
    step: str,
) -> tuple[str, dict[str, Any]]:
    now = situation(seen, go_on=go_on)
    same = not step or _of_this_step(seen, step)
    if now == Situation.STEP:
        page = step_page(seen, given=given if same else None, refusal=refusal)
        return "batches/work.html", page
    return OTHER[now](request, seen, refusal)


def _closed(request: HttpRequest, seen: Seen, refusal: Refusal | None) -> tuple[str, Any]:
    page = {**frame(seen), "refused": refusal, "may_read": may(request, Permission.BATCHES_READ)}
    page["foot"] |= {"happened_url": ""}
    return "batches/closed.html", page


def _held(request: HttpRequest, seen: Seen, refusal: Refusal | None) -> tuple[str, Any]:
    safe = seen.placed.stage.safe_state if seen.placed else None
    page = {
        **frame(seen),
        "refused": refusal,
        "safe_state": safe.say(language()) if safe else "",
        "may_restart": may(request, Permission.BATCHES_HOLD),
    }
    return "batches/held.html", page


def _attest(request: HttpRequest, seen: Seen, refusal: Refusal | None) -> tuple[str, Any]:
    page = attest_page(seen, seen.to_attest[0], own_badge=badge_was_read(request))
    return "batches/sign.html", page


def _verify(request: HttpRequest, seen: Seen, refusal: Refusal | None) -> tuple[str, Any]:
    return "batches/sign.html", verify_page(seen)


def _sign_on(request: HttpRequest, seen: Seen, refusal: Refusal | None) -> tuple[str, Any]:
    own = request.GET.get("who") != "colleague" and badge_was_read(request)
    page = sign_on_page(seen, own=own)
    return "batches/sign_on.html", {**page, "refused": refusal}


def _choose(request: HttpRequest, seen: Seen, refusal: Refusal | None) -> tuple[str, Any]:
    return "batches/choose.html", {**choose_page(seen), "refused": refusal}


OTHER: Mapping[Situation, Callable[[HttpRequest, Seen, Refusal | None], tuple[str, Any]]] = {
    Situation.ATTEST: _attest,
    Situation.CHOOSE: _choose,
    Situation.CLOSED: _closed,
    Situation.HELD: _held,
    Situation.SIGN_ON: _sign_on,
    Situation.VERIFY: _verify,
}
