"""People, their roles, and what a role may do."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rules, selectors
from accounts.access import access_of
from accounts.centres import OUTSIDE, membership_of, open_centres, titles_of
from accounts.forms import ChooseCentre, GrantRole, Join, SetSecret
from accounts.models import Person
from accounts.permissions import ROLES, Permission, role_title
from accounts.services import credentials
from accounts.services import people as joining
from accounts.services.badges import record_badge_test
from accounts.services.centres import set_centre
from accounts.sign_in_exceptions import WeakSecret
from mes.lib import clock
from mes.lib.access import requires, signed_in
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.ACCOUNTS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List the people of the site; an administrator joins a new one."""
    form, refused = Join(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            made = _join(request, form.cleaned_data)
        except Refusal as refusal:
            refused = refusal
            if refusal.field == "another_human":
                form = Join(request.POST, asks=True)
        else:
            return redirect("accounts:person", person=made)
    with _reading(request):
        context = {"table": _table(request), "form": form, "refused": refused, **_others(request)}
        return render(request, "accounts/people.html", context, status=_status(form, refused))


def _others(request: HttpRequest) -> dict[str, list[Person]]:
    """Return who is in no table of roles, for who may do something about it."""
    access, site = access_of(request), actor_of(request).site
    if site is None or access is None or not access.may(Permission.ACCOUNTS_MANAGE):
        return {}
    disabled, roleless = selectors.unlisted_people(site)
    return {"disabled": disabled, "roleless": roleless}


def _join(request: HttpRequest, values: dict[str, Any]) -> UUID:
    command = command_from(request, "person.join", values)
    reply = joining.join_person(command=command, person=uuid7(), **values)
    return UUID(str(reply["id"]))


def _status(form: Any, refused: Refusal | None) -> int:
    if refused is not None:
        return refused.status
    return 400 if form.is_bound and not form.is_valid() else 200


def _reading(request: HttpRequest) -> Any:
    actor = actor_of(request)
    return reading(site=actor.site, person=actor.person)


def _table(request: HttpRequest) -> dict[str, Any]:
    site = actor_of(request).site
    found = selectors.people_of(site) if site else []
    access = access_of(request)
    opens = bool(access and access.may(Permission.ACCOUNTS_MANAGE))
    return {
        "caption": _("People of this site"),
        "columns": [
            {"label": _("Printed name")},
            {"label": _("User name"), "css": "id"},
            {"label": _("Badge"), "css": "id may-fold"},
            {"label": _("Roles")},
        ],
        "rows": [{"cells": _cells(row, opens=opens)} for row in found],
        "empty": _("Nobody holds a role at this site."),
    }


def _cells(row: selectors.PersonWithRoles, *, opens: bool) -> list[dict[str, str]]:
    """Link a person's page for those who may open it, for others the person's trail."""
    page = "accounts:person" if opens else "accounts:life"
    url = reverse(page, kwargs={"person": row.person.id})
    return [
        {"text": row.person.printed_name, "url": url},
        {"text": row.person.username},
        {"text": row.person.badge},
        {"text": ", ".join(role_title(key) for key in row.roles)},
    ]


@requires(Permission.ACCOUNTS_MANAGE)
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show one person; grant and revoke roles, set first secrets, disable the account."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _change(request, person)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:person", person=person)
    with _reading(request):
        rules.check_manages(actor_of(request), person)
        site = actor_of(request).site
        held = selectors.assignments_of(person, site) if site else ()
        asked = selectors.approvals_of(row.id for row in held)
        context = {
            "subject": selectors.person_of(person),
            "assignments": [
                {
                    "id": row.id,
                    "title": role_title(row.role),
                    "at": row.granted_at,
                    "approval": asked.get(row.id),
                }
                for row in held
            ],
            **_centre(person, site, [row.role for row in held]),
            "role_form": GrantRole(approvers=selectors.approvers_for(person, actor_of(request))),
            "badge_asked": settings.MES_BADGE_DAYS > 0,
            "now": clock.now(),
            "secret_form": SetSecret(),
            "refused": refused,
        }
        status = refused.status if refused else 200
        return render(request, "accounts/person.html", context, status=status)


def _change(request: HttpRequest, person: UUID) -> None:
    """Do what the pressed button names."""
    action, posted = request.POST.get("action"), request.POST
    if action == "grant":
        _grant(request, person)
    elif action == "disable":
        reason = posted.get("reason", "")
        command = command_from(request, "person.disable", {"person": str(person), "reason": reason})
        joining.disable_person(command=command, person=person, reason=reason)
    elif action == "enable":
        said = {name: posted.get(name, "") for name in ("reason", "identity_check")}
        command = command_from(request, "person.enable", {"person": str(person), **said})
        joining.enable_person(command=command, person=person, **said)
    elif action == "secret":
        _set_secret(request, person)
    elif action == "revoke":
        _revoke(request, person)
    elif action == "centre":
        _set_centre(request, person)
    elif action in {"badge-passed", "badge-failed"}:
        _test_badge(request, person, passed=action == "badge-passed")
    else:
        raise NotFound()


def _grant(request: HttpRequest, person: UUID) -> None:
    posted = request.POST
    said = {name: posted.get(name, "") for name in ("role", "approver", "paper")}
    try:
        approver = UUID(said["approver"]) if said["approver"] else None
    except ValueError as error:
        raise NotFound() from error
    command = command_from(request, "role.grant", {"person": str(person), **said})
    joining.grant_role(
        command=command, person=person, role=said["role"], approver=approver, paper=said["paper"]
    )


def _revoke(request: HttpRequest, person: UUID) -> None:
    reason = request.POST.get("reason", "")
    try:
        assignment = UUID(request.POST.get("assignment", ""))
    except ValueError as error:
        raise NotFound() from error
    payload = {"assignment": str(assignment), "reason": reason}
    command = command_from(request, "role.revoke", payload)
    joining.revoke_role(command=command, assignment=assignment, person=person, reason=reason)


def _set_centre(request: HttpRequest, person: UUID) -> None:
    said = {name: request.POST.get(name, "") for name in ("centre", "reason")}
    try:
        centre = UUID(said["centre"]) if said["centre"] else None
    except ValueError as error:
        raise NotFound() from error
    command = command_from(request, "person.set_centre", {"person": str(person), **said})
    set_centre(command=command, person=person, centre=centre, reason=said["reason"])


def _centre(person: UUID, site: UUID | None, roles: Sequence[str]) -> dict[str, Any]:
    """Return to which centre somebody from outside belongs, and the form; nothing for others."""
    if OUTSIDE not in roles:
        return {}
    held = membership_of(person, site)
    there = held.centre if held else None
    form = ChooseCentre(centres=open_centres(), chosen=there)
    now = titles_of([there]).get(there) if there else None
    return {"membership": held, "centre_form": form, "centre_now": now}


def _test_badge(request: HttpRequest, person: UUID, *, passed: bool) -> None:
    note = request.POST.get("badge_note", "")
    said: dict[str, JSON] = {"person": str(person), "passed": passed, "note": note}
    command = command_from(request, "badge.test", said)
    record_badge_test(command=command, person=person, passed=passed, note=note)


def _set_secret(request: HttpRequest, person: UUID) -> None:
    form = SetSecret(request.POST)
    if not form.is_valid():
        raise WeakSecret(field="secret")
    payload = {"person": str(person), "kind": form.cleaned_data["kind"]}
    command = command_from(request, "credential.set", payload)
    credentials.set_credential(command=command, person=person, **form.cleaned_data)


@signed_in
@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """Show which role may do what: the matrix that the code enforces (21 CFR 11.10(g))."""
    areas: dict[str, list[dict[str, Any]]] = {}
    for permission in Permission:
        granted = [permission in role.permissions for role in ROLES.values()]
        row = {"key": permission.value, "text": permission.description, "granted": granted}
        areas.setdefault(permission.area, []).append(row)
    access = access_of(request)
    context = {
        "roles": [{"key": key, "role": role} for key, role in ROLES.items()],
        "areas": areas.items(),
        "own": access.roles if access else (),
    }
    return render(request, "accounts/permissions.html", context)
