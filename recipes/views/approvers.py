"""Which signatures a site asks for under its recipes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, role_title
from accounts.rules import can
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from recipes import selectors
from recipes.approvers import ANY, Approvers
from recipes.forms import SetApprovers
from recipes.services.approvers import rule_of, set_approvers
from records.models import Entry
from records.presenters import sentence
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.RECIPES_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def approvers(request: HttpRequest) -> HttpResponse:
    """Show who must approve a recipe here; who may approve changes it, with a reason."""
    if request.method != "POST":
        return _page(request)
    form, refused = SetApprovers(request.POST), None
    if form.is_valid():
        said = {"roles": form.roles, "in_order": form.cleaned_data["in_order"],
                "reason": form.cleaned_data["reason"]}  # fmt: skip
        try:
            set_approvers(command=command_from(request, "recipe.set_approvers", said), **said)
            return redirect("recipes:approvers")
        except Refusal as refusal:
            refused = refusal
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        return _page(request, form=form, refused=refused)


def _page(
    request: HttpRequest, *, form: SetApprovers | None = None, refused: Refusal | None = None
) -> HttpResponse:
    actor = actor_of(request)
    rule = selectors.approvers_of(actor.site)
    context = {
        "asked": [None if role == ANY else role_title(role) for role in rule.roles],
        "in_order": rule.in_order,
        "events": _events(actor.site),
        "may_set": can(actor, Permission.RECIPES_APPROVE),
        "form": form or SetApprovers(initial=_initial(rule)),
        "refused": refused,
    }
    status = refused.status if refused else 400 if form is not None else 200
    return render(request, "recipes/approvers.html", context, status=status)


def _initial(rule: Approvers) -> dict[str, Any]:
    roles = {f"role_{number}": role for number, role in enumerate(rule.roles, 1)}
    return {**roles, "in_order": rule.in_order}


def _events(site: UUID | None) -> list[dict[str, Any]]:
    streams = [rule_of(site)] if site else []
    entries = Entry.objects.filter(stream__in=streams).order_by("-seq")[:20]
    return [
        {"at": e.at, "text": sentence(e.envelope), "note": e.envelope["actor"]["name"]}
        for e in entries
    ]
