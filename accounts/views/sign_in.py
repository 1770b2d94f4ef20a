"""Signing in and out, at desks and on tablets; the first page."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import answers, sessions
from accounts.access import access_of
from accounts.device_exceptions import DeviceUnknown
from accounts.enums import PeriodEnd
from accounts.forms import DeskSignIn, TabletSignIn
from accounts.home import first_page
from accounts.models import Device
from accounts.selectors import active_device, is_linked
from accounts.services.answered_tries import asked_of
from accounts.services.periods import close_period, sign_in_desk, sign_in_tablet
from accounts.views.owed import for_gloves, owed_rows
from mes.lib.access import public, signed_in
from mes.lib.refusals import Refusal
from records.reading import reading
from records.web import key_of


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the page where the person's work begins."""
    access = access_of(request)
    assert access is not None  # noqa: S101 - the view is marked signed_in
    return redirect(first_page(access))


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in at a desk, by user name and password."""
    form = DeskSignIn(request.POST or None)
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            opened = sign_in_desk(key=key_of(request.POST.get("key")), **form.cleaned_data)
        except Refusal as refusal:
            refused = refusal
        else:
            return begin(request, opened)
    return show_sign_in(request, form=form, refused=refused)


def show_sign_in(
    request: HttpRequest, *, form: DeskSignIn | None = None, refused: Refusal | None = None
) -> HttpResponse:
    """Show the ways in at a desk, with what was refused."""
    context = {
        "form": form or DeskSignIn(),
        "refused": refused,
        "next": _next(request),
        "passkeys": settings.MES_PASSKEYS,
        "provider": settings.MES_OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else "",
    }
    return render(request, "accounts/sign_in.html", context, status=_status(form, refused))


@public
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def tablet_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in on an enrolled tablet, by badge and PIN; also a change of person."""
    return _badge_and_pin(request, title=_("Sign in"))


@public
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Open a locked tablet again, or take it over; what was shown comes back."""
    access = access_of(request)
    stays = access is not None and not access.locked
    return _badge_and_pin(request, title=_("Change of person") if stays else _("Entry is locked"))


def _badge_and_pin(request: HttpRequest, *, title: str) -> HttpResponse:
    device = tablet_of(request)
    if device is None:
        return answers.refused(request, DeviceUnknown())
    form = TabletSignIn(request.POST or None)
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            key = key_of(request.POST.get("key"))
            opened = sign_in_tablet(key=key, device=device, **form.cleaned_data)
        except Refusal as refusal:
            refused = refusal
        else:
            return begin(request, opened)
    context = {
        "tablet": device,
        "title": title,
        "proof": _proof(request, form, refused),
        "refused": refused,
        "next": _next(request),
        "left_by": access_of(request),
        "idle_seconds": None,
        "foot": _foot(request),
    }
    status = _status(form, refused)
    return render(request, "accounts/tablet_sign_in.html", context, status=status)


def _foot(request: HttpRequest) -> dict[str, Any]:
    access = access_of(request)
    stays = access is not None and not access.locked
    return {
        "back_url": (_next(request) or "/") if stays else "",
        "primary": {"label": _("Sign in")},
    }


def tablet_of(request: HttpRequest) -> Device | None:
    """Return the enrolled tablet that this browser is, or None."""
    known = sessions.device_of(request)
    if known is None:
        return None
    with reading(site=known.site):
        device = active_device(known.device)
    return device if device and is_linked(device, known.link) else None


def _proof(request: HttpRequest, form: TabletSignIn, refused: Refusal | None) -> dict[str, Any]:
    incomplete = request.method == "POST" and not form.is_valid()
    error = _("Scan the badge and enter 6 to 8 digits.") if incomplete else ""
    said = f"{refused} {refused.way_out_text}" if refused else error
    return {"badge": request.POST.get("badge", ""), "autofocus": True, "error": said}


def _status(form: Any, refused: Refusal | None) -> int:
    if refused is not None:
        return refused.status
    return 400 if form and form.is_bound and not form.is_valid() else 200


def begin(request: HttpRequest, opened: dict[str, Any]) -> HttpResponse:
    """Begin the new period; who was signed in before on this browser is signed out."""
    wanted = _next(request)
    _close(request, PeriodEnd.CHANGED)
    sessions.begin(request, opened)
    return HttpResponseRedirect(after_sign_in(UUID(opened["person"]), wanted))


def after_sign_in(person: UUID | None, wanted: str) -> str:
    """Return where to go on: first to what has to be answered about one's secrets."""
    if person is None or not asked_of(person):
        return wanted or "/"
    return f"{reverse('accounts:own_tries')}?{urlencode({'next': wanted or '/'})}"


def _close(request: HttpRequest, reason: PeriodEnd) -> None:
    """Close the present period, unless a lock has closed it."""
    access = access_of(request)
    if access is not None and not access.locked:
        actor = access.actor(access.roles[0])
        close_period(actor=actor, period=access.period, reason=reason)


def _next(request: HttpRequest) -> str:
    return inside(request, request.POST.get("next") or request.GET.get("next") or "")


def inside(request: HttpRequest, wanted: str) -> str:
    """Return an address if it leads nowhere else."""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the period and the session; whoever owes something is told first."""
    access = access_of(request)
    if access is not None and access.owes and not access.locked and "leave" not in request.POST:
        with reading(site=access.site.id, person=access.person.id):
            rows = owed_rows(access.person.id)
            return render(request, for_gloves(request, "accounts/leaving.html"), {"rows": rows})
    _close(request, PeriodEnd.SIGNED_OUT)
    address = answers.sign_in_url(request)
    sessions.end(request.session)
    return HttpResponseRedirect(address)


@signed_in
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock entry: the period ends, the session stays to be read from. At a desk: sign out."""
    period = sessions.period_of(request.session)
    access = access_of(request)
    if period is None or access is None or access.device is None:
        return sign_out(request)
    _close(request, PeriodEnd.LOCKED)
    sessions.lock(request.session, period)
    return redirect("accounts:unlock")
