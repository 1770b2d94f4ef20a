"""Treatment centres: who orders here from outside, and which people belong to each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.centres import centres as all_centres
from accounts.centres import members_of
from accounts.forms import RegisterCentre
from accounts.permissions import Permission
from accounts.services.centres import register_centre
from mes.lib.access import requires
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def centres(request: HttpRequest) -> HttpResponse:
    """List the treatment centres of the site with their people; register one."""
    form, refused = RegisterCentre(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            command = command_from(request, "centre.register", form.cleaned_data)
            register_centre(command=command, centre=uuid7(), **form.cleaned_data)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:centres")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {"rows": _rows(), "form": form, "refused": refused}
        status = refused.status if refused else 400 if form.errors else 200
        return render(request, "accounts/centres.html", context, status=status)


def _rows() -> list[dict[str, Any]]:
    found = all_centres()
    members = members_of([one.id for one in found])
    return [{"centre": one, "people": members.get(one.id, [])} for one in found]
