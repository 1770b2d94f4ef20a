"""Shifts of the site, in the time of its walls."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import rosters
from accounts.permissions import Permission
from accounts.roster_forms import EndShift, SetShift
from accounts.services.shifts import end_shift, set_shift
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.ACCOUNTS_ROSTER)
@require_http_methods(["GET", "HEAD", "POST"])
def shifts(request: HttpRequest) -> HttpResponse:
    """Show the shifts; make, change and end one."""
    refused: Refusal | None = None
    form = SetShift(request.POST if "set" in request.POST else None)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            _change(request, form)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:shifts")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {"shifts": rosters.shifts(), "form": form, "refused": refused}
        wrong = 400 if form.is_bound and not form.is_valid() else 200
        status = refused.status if refused else wrong
        return render(request, "accounts/shifts.html", context, status=status)


def _change(request: HttpRequest, form: SetShift) -> None:
    if form.is_bound:
        values = form.cleaned_data
        set_shift(command=command_from(request, "shift.set", _plain(values)), **values)
        return
    said = EndShift(request.POST)
    if not said.is_valid():
        raise NotFound()
    values = said.cleaned_data
    end_shift(command=command_from(request, "shift.end", _plain(values)), **values)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in values.items() if value is not None}
