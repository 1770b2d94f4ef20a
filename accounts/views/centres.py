"""Treatment centres: who orders here from outside, and which people belong to each."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.centres import centre as one_centre
from accounts.centres import centres as all_centres
from accounts.centres import members_of, open_orders_of, people_of
from accounts.forms import Reason, RegisterCentre, RenameCentre
from accounts.models import TreatmentCentre
from accounts.permissions import Permission
from accounts.services import centres as services
from accounts.views.life import trail_table
from mes.lib.access import requires
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.commands import Reply
from records.models import Entry
from records.reading import reading
from records.web import actor_of, command_from

CHANGES: Final[dict[str, Callable[..., Reply]]] = {
    "rename": services.rename_centre, "close": services.close_centre,
    "reopen": services.reopen_centre,
}  # fmt: skip


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def centres(request: HttpRequest) -> HttpResponse:
    """List the treatment centres of the site with their people; register one."""
    form, refused = RegisterCentre(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            command = command_from(request, "centre.register", form.cleaned_data)
            services.register_centre(command=command, centre=uuid7(), **form.cleaned_data)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:centres")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        found = all_centres()
        context = {
            "rows": _rows([one for one in found if one.closed_at is None]),
            "closed": [one for one in found if one.closed_at is not None],
            "form": form, "refused": refused,
        }  # fmt: skip
        status = refused.status if refused else 400 if form.errors else 200
        return render(request, "accounts/centres.html", context, status=status)


def _rows(found: list[TreatmentCentre]) -> list[dict[str, Any]]:
    members = members_of([one.id for one in found])
    return [{"centre": one, "people": members.get(one.id, [])} for one in found]


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: HttpRequest, centre: UUID) -> HttpResponse:
    """Show one treatment centre; rename it, close it, open it again."""
    action, refused = request.POST.get("action", ""), None
    forms = {
        "rename": RenameCentre(request.POST if action == "rename" else None, auto_id="rename_%s"),
        "close": Reason(request.POST if action == "close" else None, label=_("Why it is closed")),
        "reopen": Reason(
            request.POST if action == "reopen" else None, label=_("Why it is opened again")
        ),
    }
    if request.method == "POST":
        if action not in CHANGES:
            raise NotFound()
        form = forms[action]
        if form.is_valid():
            try:
                _change(request, centre, action, form.cleaned_data)
            except NotFound:
                raise
            except Refusal as refusal:
                refused = refusal
            else:
                return redirect("accounts:centre", centre=centre)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {**_one(centre), "forms": forms, "refused": refused, "action": action}
        status = refused.status if refused else 400 if request.method == "POST" else 200
        return render(request, "accounts/centre.html", context, status=status)


def _change(request: HttpRequest, centre: UUID, action: str, said: dict[str, Any]) -> None:
    try:
        seq = int(request.POST.get("seq", ""))
    except ValueError as error:
        raise NotFound() from error
    command = command_from(request, f"centre.{action}", {"centre": str(centre), **said})
    CHANGES[action](command=command, centre=centre, seq=seq, **said)


def _one(centre: UUID) -> dict[str, Any]:
    """Return what the page of a centre shows: of its orders only how many still run."""
    envelopes = [e.envelope for e in Entry.objects.filter(stream=centre).order_by("-seq")]
    return {
        "centre": one_centre(centre), "people": people_of(centre),
        "running": len(open_orders_of(centre)),
        "table": trail_table(envelopes, caption=_("What happened to it")),
    }  # fmt: skip
