"""The board: what is booked when, and one proposal laid over it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from equipment.models import Alarm
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from planning import selectors
from planning.board import Bar, Row, groups
from planning.enums import PlanState
from planning.forms import AskPlan, Decide
from planning.services import accept_plan, reject_plan, request_plan
from planning.timescale import SPANS, Timescale, timescale
from planning.views.panel import panel
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.PLANNING_READ)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show the board; ``plan`` is the number of the proposal that lies over it."""
    return render(request, "planning/board.html", _context(request))


def _context(request: HttpRequest, refused: Refusal | None = None) -> dict[str, Any]:
    asked = request.GET
    scale = timescale(asked.get("span", ""), asked.get("from", ""), now=clock.now())
    plans = selectors.open_plans()
    plan = selectors.shown_plan(plans, asked.get("plan", ""))
    proposal = plan if plan and plan.state == PlanState.PROPOSED else None
    rows = groups(scale, proposal)
    as_list = asked.get("view") == "list"
    return {
        "scale": scale,
        "board": {
            "start": scale.start,
            "end": scale.end,
            "now": scale.now if scale.start <= scale.now < scale.end else None,
            "columns": scale.columns(),
            "groups": rows,
        },
        "table": _table(rows) if as_list else None,
        "turns": _turns(scale, asked.get("plan", ""), as_list=as_list),
        "panel": panel(plan, plans),
        "query": asked.urlencode(),
        "refused": refused,
        "section": "board",
        "alarms": list(Alarm.objects.standing()),
    }


def _turns(scale: Timescale, plan: str, *, as_list: bool) -> dict[str, Any]:
    """Return the addresses of the toolbar: spans, pages, forms of the board."""
    kept = {"plan": plan, "view": "list" if as_list else ""}

    def to(**more: str) -> str:
        values = {"span": scale.span, "from": scale.first.isoformat(), **kept, **more}
        return "?" + urlencode({name: value for name, value in values.items() if value})

    return {
        "spans": [(title, to(span=key), key == scale.span) for key, title in SPANS.items()],
        "before": to(**{"from": scale.moved(-1).isoformat()}),
        "today": to(**{"from": ""}),
        "after": to(**{"from": scale.moved(1).isoformat()}),
        "forms": [(_("Chart"), to(view=""), not as_list), (_("List"), to(view="list"), as_list)],
    }


def _table(rows: Any) -> dict[str, Any]:
    """Return the same bars in words, in the order of their hours."""
    found = [
        (bar, group.label, row)
        for group in rows
        for row in group.rows
        for bar in row.bars
        if bar.kind != "cleaning"
    ]
    found.sort(key=lambda one: (one[0].start, one[1], one[2].place))
    return {
        "caption": _("Bookings in the order of their hours"),
        "columns": [
            {"label": _("Batch and stage")},
            {"label": _("Where")},
            {"label": _("Unit"), "css": "id"},
            {"label": _("From")},
            {"label": _("Until")},
            {"label": _("State")},
        ],
        "rows": [{"cells": _cells(bar, *_where(room, row))} for bar, room, row in found],
        "empty": _("Nothing is booked in these days. Ask for a plan, or look at other days."),
    }


def _where(room: str, row: Row) -> tuple[str, str]:
    return (_("movable"), row.place) if row.movable else (f"{room}, {row.place}", row.unit)


def _cells(bar: Bar, where: str, unit: str) -> list[dict[str, Any]]:
    sign = {"sign": "stop", "sign_word": _("in conflict")} if bar.conflict else {}
    return [
        {"text": bar.text, "mark": bar.mark, "url": bar.url},
        {"text": where},
        {"text": unit, "css": "id"},
        {"at": bar.start},
        {"at": bar.end},
        {"text": bar.risk or bar.kind_word, **sign},
    ]


@requires(Permission.PLANNING_PLAN)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a plan of a batch; a worker computes it."""
    form = AskPlan(request.POST)
    if not form.is_valid():
        raise NotFound()
    batch = form.cleaned_data["batch"]
    command = command_from(request, "planning.request", {"batch": str(batch)})
    try:
        reply = request_plan(command=command, batch=batch)
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(request, refusal)
    return redirect(_address(request, plan=str(reply["number"])))


@requires(Permission.PLANNING_ACCEPT)
@require_POST
def accept(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Accept all of a plan."""
    return _decide(request, plan, "accept")


@requires(Permission.PLANNING_ACCEPT)
@require_POST
def reject(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Put a plan aside."""
    return _decide(request, plan, "reject")


def _decide(request: HttpRequest, plan: UUID, what: str) -> HttpResponse:
    form = Decide(request.POST)
    if not form.is_valid():
        raise NotFound()
    seq, reason = form.cleaned_data["seq"], form.cleaned_data["reason"]
    payload = {"plan": str(plan), "seq": seq, "reason": reason}
    command = command_from(request, f"planning.{what}", payload)
    try:
        if what == "accept":
            accept_plan(command=command, plan=plan, seq=seq)
        else:
            reject_plan(command=command, plan=plan, reason=reason, seq=seq)
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(request, refusal)
    return redirect(_address(request, plan=""))


def _again(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show the board as it is now, with why nothing was booked."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = _context(request, refusal)
        return render(request, "planning/board.html", context, status=refusal.status)


def _address(request: HttpRequest, *, plan: str) -> str:
    kept = {name: request.GET.get(name, "") for name in ("span", "from", "view")}
    query = urlencode({name: value for name, value in (kept | {"plan": plan}).items() if value})
    return f"{reverse('planning:board')}?{query}"


@requires(Permission.PLANNING_READ)
@require_safe
def live(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Answer the poll of a plan that is being computed: 304, or look at the board again."""
    seq = selectors.seq_of(plan)
    if not seq:
        raise NotFound()
    etag = f'"{plan.hex}-{seq}"'
    if request.headers.get("If-None-Match", "") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(status=204, headers={"ETag": etag, "HX-Refresh": "true"})
