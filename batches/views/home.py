"""The tablet's home, and what can be done from there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import access_of
from accounts.permissions import Permission
from accounts.selectors import Access
from batches.pages.floor import running
from batches.pages.home import header, home_etag, home_foot, home_page, scanned_batch
from batches.pages.talk import whom
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.web import actor_of


def _access(request: HttpRequest) -> Access:
    access = access_of(request)
    if access is None:
        raise NotFound()
    return access


def _home(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    page = home_page(_access(request), actor_of(request))
    page |= {"refused": refusal, "etag": home_etag(page)}
    status = refusal.status if refusal else 200
    return render(request, "batches/home.html", page, status=status)


@requires(Permission.BATCHES_PERFORM)
@require_safe
def tablet(request: HttpRequest) -> HttpResponse:
    """Show the home of person and place; a poll is answered 304 while it stands."""
    if "HX-Request" not in request.headers:
        return _home(request)
    etag = home_etag(home_page(_access(request), actor_of(request)))
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(status=204, headers={"ETag": etag, "HX-Refresh": "true"})


@requires(Permission.BATCHES_PERFORM)
@require_safe
def tablet_scan(request: HttpRequest) -> HttpResponse:
    """Open the batch of the unit, place or container whose code was scanned."""
    try:
        batch = scanned_batch(request.GET.get("code", ""))
    except Refusal as refusal:
        return _home(request, refusal)
    return redirect("batches:work", batch)


@requires(Permission.BATCHES_PERFORM)
@require_safe
def tablet_call(request: HttpRequest) -> HttpResponse:
    """Show whom to call, without a batch."""
    access = _access(request)
    page = {"people": whom(access.site.id, at=clock.now()), "home": header(access)}
    return render(request, "batches/home_call.html", {**page, "foot": home_foot()})


@requires(Permission.BATCHES_PERFORM)
@require_safe
def tablet_happened(request: HttpRequest) -> HttpResponse:
    """Ask at which batch something happened."""
    access = _access(request)
    page = {
        "running": running(access.device, now=clock.now()),
        "home": header(access),
        "foot": home_foot(),
    }
    return render(request, "batches/home_happened.html", page)
