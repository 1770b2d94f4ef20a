"""How one person signs in: their secrets and wrong tries, for an administrator."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import rules, selectors
from accounts.enums import CredentialKind, GuessKind
from accounts.permissions import Permission
from accounts.services.credentials import unblock_credential
from accounts.services.factors import factors_of
from accounts.services.links import link_subject, unlink_subject
from accounts.services.own_secrets import end_sessions
from accounts.services.throttle import tries_of
from accounts.views.factors import remove_posted
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from mes.lib.single_sign_on import PROVIDER
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show how a person signs in; forget wrong tries once it is known who it is."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _change(request, person)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:ways", person=person)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        rules.check_manages(actor, person)
        context = {
            "subject": selectors.person_of(person),
            "secrets": _secrets(person),
            "factors": factors_of(person),
            "links": selectors.links_of(person),
            "single": bool(settings.SOCIALACCOUNT_PROVIDERS),
            "refused": refused,
        }
        status = refused.status if refused else 200
        return render(request, "accounts/ways.html", context, status=status)


def _secrets(person: UUID) -> list[dict[str, Any]]:
    held = selectors.secrets_of(person)
    tries = tries_of(person, at=clock.now())
    return [
        {
            "kind": kind,
            "changed_at": held[kind].changed_at if kind in held else None,
            "temporary": kind in held and held[kind].temporary,
            "tries": tries[kind].everywhere,
            "blocked": tries[kind].blocked,
            "locked_until": tries[kind].locked_until,
        }
        for kind in GuessKind
        if kind in CredentialKind.values or tries[kind].everywhere
    ]


def _change(request: HttpRequest, person: UUID) -> None:
    """Do what the pressed button names."""
    action = request.POST.get("action")
    if action == "remove":
        remove_posted(request, person)
    elif action == "end":
        reason = request.POST.get("reason", "")[:200]
        payload = {"person": str(person), "reason": reason}
        command = command_from(request, "sessions.end", payload)
        end_sessions(command=command, person=person, reason=reason)
    elif action == "link":
        _link(request, person)
    elif action == "unlink":
        _unlink(request, person)
    else:
        _unblock(request, person)


def _link(request: HttpRequest, person: UUID) -> None:
    values = {
        "provider": PROVIDER,
        "subject": request.POST.get("subject", "")[:255],
        "identity_check": request.POST.get("identity_check", "")[:200],
    }
    command = command_from(request, "sign_in.link", {"person": str(person), **values})
    link_subject(command=command, person=person, **values)


def _unlink(request: HttpRequest, person: UUID) -> None:
    reason = request.POST.get("reason", "")[:200]
    try:
        link = UUID(request.POST.get("link", ""))
    except ValueError as error:
        raise NotFound() from error
    command = command_from(request, "sign_in.unlink", {"link": str(link), "reason": reason})
    unlink_subject(command=command, person=person, link=link, reason=reason)


def _unblock(request: HttpRequest, person: UUID) -> None:
    check = request.POST.get("identity_check", "")[:200]
    try:
        kind = GuessKind(request.POST.get("unblock", ""))
    except ValueError as error:
        raise NotFound() from error
    payload = {"person": str(person), "kind": kind.value, "identity_check": check}
    command = command_from(request, "credential.unblock", payload)
    unblock_credential(command=command, person=person, kind=kind, identity_check=check)
