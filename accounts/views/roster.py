"""The roster of a week: people by days, whom one calls now, and what is not covered."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import rosters, selectors
from accounts.access import access_of
from accounts.centres import OUTSIDE
from accounts.enums import DutyKind
from accounts.models import Absence, Duty, Person
from accounts.permissions import Permission
from accounts.roster_forms import Away, Back, Phone, RosterDuty, TakeOff
from accounts.services import roster as rostering
from accounts.services.shifts import set_phone
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from mes.lib.wall import EARLIEST, LATEST, midnight
from records.reading import reading
from records.web import actor_of, command_from

WEEK = 7
SIGNS = {DutyKind.QA_ON_CALL: "phone", DutyKind.LEAD: "flag"}
Said = dict[str, Any]


@requires(Permission.ACCOUNTS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Show a week; who keeps the roster puts people on and takes them off."""
    monday = _monday(request)
    bound: dict[str, forms.Form] = {}
    refused: Refusal | None = None
    if request.method == "POST":
        action = request.POST.get("act", "")
        form = _form(request, action)
        if form.is_valid():
            try:
                DO[action](request, form.cleaned_data)
            except Refusal as refusal:
                refused = refusal
            else:
                return redirect(f"{reverse('accounts:roster')}?week={_week(monday)}")
        bound[action] = form
    return _page(request, monday, bound=bound, refused=refused)


def _monday(request: HttpRequest) -> date:
    """Return the Monday of the week that is asked for, else of the present one at the site."""
    asked = request.GET.get("week", "")
    try:
        monday = date.fromisocalendar(int(asked[:4]), int(asked[6:]), 1)
    except ValueError:
        monday = date.min
    today = _today(request)
    return monday if EARLIEST <= monday <= LATEST else today - timedelta(days=today.weekday())


def _today(request: HttpRequest) -> date:
    return clock.now().astimezone(ZoneInfo(actor_of(request).zone)).date()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _reading(request: HttpRequest) -> Any:
    actor = actor_of(request)
    return reading(site=actor.site, person=actor.person)


def _people(request: HttpRequest) -> list[Person]:
    site = actor_of(request).site
    found = selectors.people_of(site) if site else []
    return [row.person for row in found if set(row.roles) - {OUTSIDE}]


def _choices(people: Iterable[Person]) -> list[tuple[str, str]]:
    return [(str(person.id), person.printed_name) for person in people]


# --- what is done ---


def _form(request: HttpRequest, action: str) -> forms.Form:
    with _reading(request):
        people, shifts = _choices(_people(request)), rosters.shifts()
    match action:
        case "roster":
            return RosterDuty(request.POST, people=people, shifts=shifts)
        case "off":
            return TakeOff(request.POST)
        case "away":
            return Away(request.POST, people=people)
        case "back":
            return Back(request.POST)
        case "phone":
            return Phone(request.POST, people=people)
    raise NotFound()


def _plain(values: Said) -> Said:
    return {name: str(value) for name, value in values.items() if value is not None}


def _roster(request: HttpRequest, v: Said) -> None:
    rostering.roster(command=command_from(request, "duty.roster", _plain(v)), **v)


def _off(request: HttpRequest, v: Said) -> None:
    rostering.cancel_duty(command=command_from(request, "duty.cancel", _plain(v)), **v)


def _away(request: HttpRequest, v: Said) -> None:
    rostering.note_absence(command=command_from(request, "absence.note", _plain(v)), **v)


def _back(request: HttpRequest, v: Said) -> None:
    rostering.end_absence(command=command_from(request, "absence.end", _plain(v)), **v)


def _phone(request: HttpRequest, v: Said) -> None:
    set_phone(command=command_from(request, "person.reachable", _plain(v)), **v)


DO: dict[str, Callable[[HttpRequest, Said], None]] = {
    "roster": _roster, "off": _off, "away": _away, "back": _back, "phone": _phone,
}  # fmt: skip


# --- what is shown ---


def _page(
    request: HttpRequest, monday: date, *, bound: dict[str, forms.Form], refused: Refusal | None
) -> HttpResponse:
    with _reading(request):
        actor, now = actor_of(request), clock.now()
        days = [monday + timedelta(days=n) for n in range(WEEK)]
        start = midnight(monday, actor.zone)
        end = midnight(monday + timedelta(days=WEEK), actor.zone)
        duties = list(rosters.duties_between(start, end))
        absences = rosters.absences_between(days[0], days[-1])
        people = _people(request)
        context = {
            "week": _week(monday), "before": _week(monday - timedelta(days=WEEK)),
            "after": _week(monday + timedelta(days=WEEK)), "present": _week(_today(request)),
            "days": days, "today": _today(request), "rows": _rows(people, days, duties, absences),
            "called": _called(actor.site, now), "shifts": rosters.shifts(),
            "gaps": _gaps(duties, max(start, now), end),
            "absences": rosters.absences_between(_today(request), date.max),
            "chosen": _chosen(request, duties, now),
            "refused": refused, **_forms(request, people, bound),
        }  # fmt: skip
        wrong = 400 if any(not form.is_valid() for form in bound.values()) else 200
        status = refused.status if refused else wrong
        return render(request, "accounts/roster.html", context, status=status)


def _forms(request: HttpRequest, people: list[Person], bound: dict[str, forms.Form]) -> Said:
    access = access_of(request)
    if access is None or not access.may(Permission.ACCOUNTS_ROSTER):
        return {}
    choices = _choices(people)
    initial = {"person": request.GET.get("person", ""), "first": request.GET.get("day", "")}
    fresh = RosterDuty(people=choices, shifts=rosters.shifts(), initial=initial)
    return {
        "roster_form": bound.get("roster") or fresh,
        "away_form": bound.get("away") or Away(people=choices),
        "phone_form": bound.get("phone") or Phone(people=choices),
    }


def _rows(
    people: list[Person], days: list[date], duties: list[Duty], absences: list[Absence]
) -> list[Said]:
    held: dict[tuple[UUID, date], list[Said]] = {}
    for row in duties:
        held.setdefault((row.person_id, row.day), []).append(_duty(row))
    return [
        {"person": person, "cells": [
            {"day": day, "duties": held.get((person.id, day), []),
             "away": _is_away(person.id, day, absences)}
            for day in days
        ]}
        for person in people
    ]  # fmt: skip


def _duty(row: Duty) -> Said:
    what = DutyKind(row.what)
    return {"id": row.id, "code": row.shift_code, "what": what.label, "sign": SIGNS.get(what, "")}


def _is_away(person: UUID, day: date, absences: list[Absence]) -> bool:
    return any(row.person_id == person and row.first <= day <= row.last for row in absences)


def _called(site: UUID | None, now: datetime) -> list[Said]:
    kinds = [DutyKind(key) for key in ("qa-on-call", "lead")]
    return [
        {"what": kind.label, "sign": SIGNS[kind],
         "who": rosters.on_duty(kind, site=site, at=now) if site else None}
        for kind in kinds
    ]  # fmt: skip


def _gaps(duties: list[Duty], start: datetime, end: datetime) -> list[Said]:
    """Return when nobody leads or is on call in what is left of the week."""
    if start >= end:
        return []
    found = []
    for key in DutyKind.of_one:
        spans = [(row.starts_at, row.ends_at) for row in duties if row.what == key]
        times = rosters.gaps(spans, start, end)
        found += [{"what": DutyKind(key).label, "start": a, "end": b} for a, b in times]
    return found


def _chosen(request: HttpRequest, duties: list[Duty], now: datetime) -> Said | None:
    """Return the duty whose cell was touched: it can be taken off."""
    wanted = request.GET.get("duty", "")
    row = next((row for row in duties if str(row.id) == wanted), None)
    if row is None:
        return None
    return {"row": row, "begun": row.starts_at <= now, "duty": _duty(row)}
