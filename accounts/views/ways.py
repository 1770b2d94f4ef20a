"""How one person signs in: their secrets and wrong tries, for an administrator."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import rules, selectors
from accounts.enums import CredentialKind
from accounts.permissions import Permission
from accounts.services.credentials import unblock_credential
from accounts.services.throttle import TRIES_EVERYWHERE, tries_of
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
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
            "changed_at": held.get(kind),
            "tries": tries[kind].everywhere,
            "blocked": tries[kind].everywhere >= TRIES_EVERYWHERE,
            "locked_until": tries[kind].locked_until,
        }
        for kind in CredentialKind
    ]


def _change(request: HttpRequest, person: UUID) -> None:
    check = request.POST.get("identity_check", "")[:200]
    try:
        kind = CredentialKind(request.POST.get("unblock", ""))
    except ValueError as error:
        raise NotFound() from error
    payload = {"person": str(person), "kind": kind.value, "identity_check": check}
    command = command_from(request, "credential.unblock", payload)
    unblock_credential(command=command, person=person, kind=kind, identity_check=check)
