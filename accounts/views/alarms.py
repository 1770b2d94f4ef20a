"""Alarms of sign-in: what an administrator is told, and their answer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.enums import AlarmKind, GuessKind
from accounts.models import Alarm
from accounts.permissions import Permission
from accounts.services.alarms import answer_alarm
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading
from records.web import actor_of, command_from

MOST_ANSWERED = 50


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def alarms(request: HttpRequest) -> HttpResponse:
    """List the alarms of sign-in; answer one."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _answer(request)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:alarms")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        rows = list(selectors.open_alarms())
        past = selectors.answered_alarms(most=MOST_ANSWERED)
        tablets = {device.id: device.label for device in selectors.devices()}
        names = selectors.names_of(row.answered_by for row in past)
        context = {
            "rows": [_row(row, tablets) for row in rows],
            "past": [
                {**_row(row, tablets), "by": row.answered_by and names.get(row.answered_by)}
                for row in past
            ],
            "refused": refused,
        }
        status = refused.status if refused else 200
        return render(request, "accounts/alarms.html", context, status=status)


def _row(alarm: Alarm, tablets: dict[UUID, str]) -> dict[str, object]:
    where = tablets.get(alarm.device, str(alarm.device)) if alarm.device else alarm.address
    kind = GuessKind(alarm.credential).label
    return {"alarm": alarm, "what": AlarmKind(alarm.kind).label, "where": where, "secret": kind}


def _answer(request: HttpRequest) -> None:
    note = request.POST.get("note", "")[:500]
    try:
        alarm = UUID(request.POST.get("alarm", ""))
    except ValueError as error:
        raise NotFound() from error
    command = command_from(request, "alarm.answer", {"alarm": str(alarm), "note": note})
    answer_alarm(command=command, alarm=alarm, note=note)
