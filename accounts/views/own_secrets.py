"""Choosing one's own secret in place of one that another has set, or of an old one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import answers
from accounts.access import access_of
from accounts.enums import CredentialKind
from accounts.forms import OwnSecret
from accounts.models import Device
from accounts.selectors import Access
from accounts.services.own_secrets import choose_own, choose_pin_at_desk
from accounts.services.periods import desk_actor, tablet_actor
from accounts.views.sign_in import tablet_of
from mes.lib.access import public
from mes.lib.refusals import Refusal
from records.commands import Actor

SECRETS = ("old", "new", "again", "code")


@public
@never_cache
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Choose one's own password, at a desk."""
    return _choose(request, CredentialKind.PASSWORD)


@public
@never_cache
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def own_pin(request: HttpRequest) -> HttpResponse:
    """Choose one's own PIN, at a desk or on a tablet."""
    return _choose(request, CredentialKind.PIN)


def _choose(request: HttpRequest, kind: CredentialKind) -> HttpResponse:
    tablet = tablet_of(request)
    if tablet is not None and kind is CredentialKind.PASSWORD:
        return redirect("accounts:own_pin")
    access = access_of(request)
    at_desk = access if kind is CredentialKind.PIN and access and not access.device else None
    form = OwnSecret(kind, request.POST or None, by_password=at_desk is not None)
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        given = {name: text for name, text in form.cleaned_data.items() if name != "again"}
        try:
            if at_desk:
                _choose_pin(at_desk, given)
            else:
                choose_own(kind=kind, actor=_stands(tablet), **given)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect(answers.sign_in_url(request))
    title = (
        _("Choose your own PIN") if kind is CredentialKind.PIN else _("Choose your own password")
    )
    context: dict[str, Any] = {
        "form": form,
        "refused": refused,
        "title": title,
        "tablet": tablet,
        "frame": "tablet.html" if tablet else "base.html",
        "foot": {"back_url": answers.sign_in_url(request), "primary": {"label": _("Take it")}},
    }
    invalid = form.is_bound and not form.is_valid()
    status = refused.status if refused else 400 if invalid else 200
    return render(request, "accounts/own_secret.html", context, status=status)


def _choose_pin(access: Access, given: dict[str, str]) -> None:
    actor = access.actor(access.roles[0])
    choose_pin_at_desk(person=access.person, password=given["old"], new=given["new"], actor=actor)


def _stands(tablet: Device | None) -> Actor:
    return tablet_actor(tablet, zone="UTC") if tablet else desk_actor()
