"""The page of incidents of the system: opened by who sees them, closed by who reviews records."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.rules import check_permission, role_of
from mes.lib.access import requires
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records import incidents
from records.commands import Actor
from records.enums import Weight
from records.models import Incident
from records.reading import reading
from records.web import actor_of, command_from

MOST = 100


def _area(label: object) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=incidents.LONGEST, widget=widget)  # type: ignore[arg-type]


class Opening(forms.Form):
    """What somebody says of an incident at first."""

    title = forms.CharField(label=_("What failed"), max_length=incidents.SHORT)
    weight = forms.ChoiceField(label=_("Weight"), choices=Weight.choices, initial=Weight.MINOR)
    description = _area(_("What happened, and what was done at once"))


@requires(Permission.RECORDS_WATCH)
@require_http_methods(["GET", "HEAD", "POST"])
def system_incidents(request: HttpRequest) -> HttpResponse:
    """List the incidents, those that are open first; open one, or close one."""
    proposed = {"title": request.GET.get("title", "")[: incidents.SHORT]}
    form = Opening(request.POST if "open" in request.POST else None, initial=proposed)
    refused = None
    if request.method == "POST":
        try:
            if _done(request, form):
                return redirect("incidents")
        except Refusal as refusal:
            refused = refusal
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        found = list(Incident.objects.order_by("-closed_at", "-opened_at")[:MOST])
        asked = request.POST.get("close", "")
        refused_at = next((one.id for one in found if str(one.id) == asked), None)
        context = {
            "incidents": found, "form": form, "refused": refused, "refused_at": refused_at,
        }  # fmt: skip
        status = refused.status if refused else 400 if form.errors else 200
        return render(request, "records/incidents.html", context, status=status)


def _done(request: HttpRequest, form: Opening) -> bool:
    """Open, or close; False where the form cannot be read."""
    if "close" in request.POST:
        _close(request)
        return True
    if not form.is_valid():
        return False
    given = form.cleaned_data
    command = command_from(request, "incident.open", given)
    incidents.open_incident(
        command=command, incident=uuid7(), title=given["title"], weight=Weight(given["weight"]),
        description=given["description"], check=_may_open,
    )  # fmt: skip
    return True


def _close(request: HttpRequest) -> None:
    try:
        incident = UUID(request.POST["close"])
    except ValueError as error:
        raise NotFound() from error
    said = {name: request.POST.get(name, "") for name in ("root_cause", "action", "capa")}
    command = command_from(request, "incident.close", {"incident": str(incident), **said})
    incidents.close_incident(command=command, incident=incident, check=_may_close, **said)


def _may_open(actor: Actor) -> None:
    if role_of(actor, Permission.RECORDS_OPERATE) is None:
        _may_close(actor)


def _may_close(actor: Actor) -> None:
    check_permission(actor, Permission.RECORDS_REVIEW)
