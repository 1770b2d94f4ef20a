"""Alarms: the log of the site, one alarm, and what is watched of a unit or room."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from equipment import selectors
from equipment.forms import (
    AlarmBack,
    AlarmComment,
    AlarmFilter,
    AlarmLimits,
    AlarmLimitsChanged,
    AlarmSeen,
)
from equipment.models import Alarm, AlarmSetting, Unit
from equipment.services import alarms
from equipment.services.alarms import Watch
from equipment.views.units import may_read
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from mes.ui.text import plain_text
from records.models import Entry
from records.reading import reading, the_one
from records.web import actor_of, command_from

PAGE = 50
DAY = timedelta(days=1)
MOST_PAST = 20
Page = dict[str, Any]


@requires("equipment.read")
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The alarms of the site, newest first, by period, unit or room, state and weight."""
    form = AlarmFilter(request.GET)
    rows = selectors.alarms_of_site(**_asked(form)) if form.is_valid() else Alarm.objects.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in request.GET.items() if value and name != "page"}
    context = {
        "form": form, "page": page, "table": _table(list(page)), "asked": bool(kept),
        "query": f"&{urlencode(kept)}" if kept else "",
    }  # fmt: skip
    status = 200 if form.is_valid() else 400
    return render(request, "equipment/alarms.html", context, status=status)


def _asked(form: AlarmFilter) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "label": given["label"].strip(), "state": given["state"],
        "critical": given["critical"] == "yes" if given["critical"] else None,
        "since": _begin(given["since"]), "until": _begin(given["until"], after=DAY),
    }  # fmt: skip


def _begin(day: date | None, *, after: timedelta = timedelta()) -> datetime | None:
    return timezone.make_aware(datetime.combine(day + after, time())) if day else None


def _table(rows: list[Alarm], *, of_one: bool = False) -> Page:
    return {
        "caption": _("Alarms"),
        "columns": [
            {"label": _("Alarm"), "css": "id"},
            *([] if of_one else [{"label": _("Unit or room")}]),
            {"label": _("What was watched")},
            {"label": _("Value")},
            {"label": _("Limits"), "css": "may-fold"},
            {"label": _("Since")},
            {"label": _("Acknowledged")},
            {"label": _("Cleared")},
            {"label": _("State")},
        ],
        "rows": [{"cells": _cells(row, of_one=of_one)} for row in rows],
        "empty": _("No alarm of this kind stood in this time."),
    }


def _cells(row: Alarm, *, of_one: bool) -> list[Page]:
    sign = {} if row.is_over else {
        "sign": "stop" if row.critical else "warning", "sign_word": _("not over"),
    }  # fmt: skip
    return [
        {"text": row.number, "css": "id", "url": reverse("equipment:alarm", args=[row.id])},
        *([] if of_one else [{"text": row.resource_label, "url": url_of(row)}]),
        {"text": row.watched},
        {"text": row.found},
        {"text": f"{row.limits} ({_version(row.setting_version)})", "css": "may-fold"},
        {"at": row.began_at},
        {"text": row.acknowledged_by_name or "–"},
        {"at": row.cleared_at} if row.cleared_at else {"text": "–"},
        {"text": _weighed(row), **sign},
    ]


def _version(number: int) -> str:
    return _("version %(n)s") % {"n": number}


def _weighed(row: Alarm) -> str:
    state = str(row.state.label)
    return _("critical: %(state)s") % {"state": state} if row.critical else state


def url_of(row: Alarm) -> str:
    """Return the page of the unit or room that an alarm is of."""
    return reverse(f"equipment:{row.resource_kind}", args=[row.stream])


# --- one alarm ---


@requires("equipment.read")
@require_safe
def alarm(request: HttpRequest, alarm: UUID) -> HttpResponse:
    """Show an alarm: its limits and their version, who raised, acknowledged and cleared it."""
    return render(request, "equipment/alarm.html", _alarm(request, alarm))


def _alarm(request: HttpRequest, alarm: UUID) -> Page:
    row = the_one(Alarm.objects.filter(id=alarm))
    setting = AlarmSetting.objects.filter(
        stream=row.stream, setting=row.setting, setting_version=row.setting_version
    )
    return {
        "alarm": row, "of_url": url_of(row), "setting": setting.first(),
        "comment_form": AlarmComment(asked=row.critical), "back_form": AlarmBack(auto_id="back_%s"),
        "batches": _batches(row, linked=may_read(request)),
    }  # fmt: skip


def _batches(row: Alarm, *, linked: bool) -> list[Page]:
    """Return the batches that an alarm meets so far, each once."""
    met = {claim.holder: claim for claim in selectors.claims_met(row)}
    return [
        {
            "label": claim.holder_label, "mark": claim.holder_mark,
            "url": f"/batches/{claim.holder}/" if linked else "",
        }
        for claim in met.values()
    ]  # fmt: skip


@requires("equipment.alarm")
@require_POST
def acknowledge(request: HttpRequest, alarm: UUID) -> HttpResponse:
    """Acknowledge an alarm, a critical one with a comment."""
    form = AlarmComment(request.POST)

    def do() -> None:
        text = form.cleaned_data["comment"]
        command = command_from(request, "alarm.acknowledge", {"alarm": str(alarm), "text": text})
        alarms.acknowledge_alarm(command=command, alarm=alarm, comment=text)

    return _done(
        request,
        form,
        do,
        page=("equipment:alarm", alarm),
        again=lambda: {**_alarm(request, alarm), "comment_form": form},
    )


@requires("equipment.alarm")
@require_POST
def clear(request: HttpRequest, alarm: UUID) -> HttpResponse:
    """Clear an alarm with a value that is within the limits again."""
    form = AlarmBack(request.POST, auto_id="back_%s")

    def do() -> None:
        value: Decimal = form.cleaned_data["value"]
        said = {"alarm": str(alarm), "value": str(value)}
        alarms.clear_alarm(
            command=command_from(request, "alarm.clear", said), alarm=alarm, value=value
        )

    return _done(
        request,
        form,
        do,
        page=("equipment:alarm", alarm),
        again=lambda: {**_alarm(request, alarm), "back_form": form},
    )


def _done(
    request: HttpRequest,
    form: forms.Form,
    do: Callable[[], None],
    *,
    page: tuple[str, UUID],
    again: Callable[[], Page],
) -> HttpResponse:
    """Do what a form says and go on; else show its page again, with what was refused."""
    refused: Refusal | None = None
    name, of = page
    if form.is_valid():
        try:
            do()
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect(name, of)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        status = refused.status if refused else 400
        template = f"{name.replace(':', '/')}.html"
        return render(request, template, {**again(), "refused": refused}, status=status)


# --- what is watched of one unit or room ---


@requires("equipment.read")
@require_safe
def watched(request: HttpRequest, resource: UUID) -> HttpResponse:
    """Show what is watched of a unit or room, every version of its limits, and its alarms."""
    return render(request, "equipment/watched.html", _watched(resource))


def _watched(resource: UUID, *, changed: forms.Form | None = None) -> Page:
    thing = selectors.watched(resource)
    rows = list(AlarmSetting.objects.filter(stream=resource))
    in_force = [row for row in rows if row.superseded_at is None]
    # What the page is based on: a setting that was made meanwhile is told.
    seq = Entry.objects.filter(stream=resource).order_by("-seq").values_list("seq", flat=True)
    alarms_here = list(Alarm.objects.on([resource])[:MOST_PAST])
    return {
        "thing": thing, "label": thing.code if isinstance(thing, Unit) else thing.name,
        "thing_url": reverse(f"equipment:{selectors.kind_of(thing).value}", args=[resource]),
        "settings": [
            {
                "row": row,
                "before": [one for one in rows if one.setting == row.setting and one != row],
                **_change_form(row, changed),
            }
            for row in in_force
        ],
        "seq": seq.first() or 0,
        "new_form": AlarmLimits(auto_id="new_%s"),
        "seen_form": _seen_form(in_force) if in_force else None,
        "table": _table(alarms_here, of_one=True),
    }  # fmt: skip


def _change_form(row: AlarmSetting, changed: forms.Form | None) -> Page:
    """Return the form of the next version: as it was sent, where that was refused."""
    if changed is not None and changed.data.get("setting") == str(row.setting):
        return {"form": changed, "open": True}
    initial, auto_id = _initial(row), f"id_{row.id.hex}_%s"
    return {"form": AlarmLimitsChanged(initial=initial, auto_id=auto_id), "open": False}


def _initial(row: AlarmSetting) -> Page:
    return {
        "setting": row.setting, "watched": row.watched, "unit": row.unit, "low": _plain(row.low),
        "high": _plain(row.high), "critical": row.critical, "justification": row.justification,
    }  # fmt: skip


def _plain(value: Decimal | None) -> str:
    return "" if value is None else plain_text(value)


def _seen_form(settings: list[AlarmSetting]) -> AlarmSeen:
    now = timezone.localtime(clock.now())
    return AlarmSeen(settings=settings, initial={"began": now}, auto_id="seen_%s")


@requires("equipment.alarm")
@require_POST
def raise_(request: HttpRequest, resource: UUID) -> HttpResponse:
    """Raise an alarm of what is watched, with the value and since when."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        selectors.watched(resource)
        in_force = selectors.settings_in_force(resource)
    form = AlarmSeen(request.POST, settings=in_force, auto_id="seen_%s")

    def do() -> None:
        given = form.cleaned_data
        said = {"resource": str(resource), **{name: str(given[name]) for name in given}}
        alarms.raise_alarm(
            command=command_from(request, "alarm.raise", said), resource=resource,
            setting=UUID(given["setting"]), value=given["value"], began=given["began"],
        )  # fmt: skip

    return _done(
        request,
        form,
        do,
        page=("equipment:watched", resource),
        again=lambda: {**_watched(resource), "seen_form": form},
    )


@requires("equipment.manage")
@require_POST
def settings(request: HttpRequest, resource: UUID) -> HttpResponse:
    """Watch something more, or set the next version of a setting."""
    form: forms.Form
    if request.POST.get("setting"):
        form = changed = AlarmLimitsChanged(request.POST, auto_id="changed_%s")
        more: Page = {}
    else:
        form, changed = AlarmLimits(request.POST, auto_id="new_%s"), None
        more = {"new_form": form}
    return _done(
        request, form, lambda: _set(request, resource, form.cleaned_data),
        page=("equipment:watched", resource),
        again=lambda: {**_watched(resource, changed=changed), **more},
    )  # fmt: skip


def _set(request: HttpRequest, resource: UUID, given: Page) -> None:
    said = {"resource": str(resource), **{name: str(value) for name, value in given.items()}}
    watch = Watch(
        watched=given["watched"], unit=given["unit"], low=given["low"], high=given["high"],
        critical=given["critical"], justification=given["justification"],
    )  # fmt: skip
    alarms.set_alarm_setting(
        command=command_from(request, "alarm.settings", said), resource=resource, watch=watch,
        setting=given.get("setting"), reason=given.get("reason", ""), seq=given["seq"],
    )  # fmt: skip
