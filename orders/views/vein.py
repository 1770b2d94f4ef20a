"""Vein to vein: the list worst first, and one order beside it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import centres
from accounts.access import access_of
from accounts.models import TreatmentCentre
from accounts.permissions import Permission
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from orders import rules, selectors, services
from orders.attention import days_left
from orders.bars import drawing
from orders.enums import Attention, OrderState
from orders.forms import SetCentre, Why
from orders.models import Order
from orders.selectors import FILTERS, OrderPage, Row
from orders.views.common import answer, events, page_reading, reader_of
from records.web import actor_of, command_from


@requires("orders.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the list with its first order opened."""
    context = _list(request)
    if context["rows"]:
        context |= _one(request, context["rows"][0]["id"])
    return render(request, "orders/index.html", context)


@requires("orders.read")
@require_safe
def order(request: HttpRequest, order: UUID) -> HttpResponse:
    """Show one order beside the list."""
    return render(request, "orders/index.html", {**_list(request), **_one(request, order)})


@requires("orders.read")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Open the order of a scanned or typed chain of identity, order number or pseudonym."""
    found = selectors.order_found(request.GET.get("id", ""))
    if found is None:
        raise NotFound()
    rules.check_may_see(actor_of(request), found)
    return redirect("orders:order", order=found.id)


@requires("orders.write")
@require_POST
def decide(request: HttpRequest, order: UUID) -> HttpResponse:
    """Cancel or close an order: the button names the decision."""
    form, refused = Why(request.POST), None
    if form.is_valid():
        try:
            _decide(request, order, form.cleaned_data)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:order", order=order)
    with page_reading(request):
        context = {**_list(request), **_one(request, order), "form": form}
        return answer(request, "orders/index.html", context, form=form, refused=refused)


def _decide(request: HttpRequest, order: UUID, values: dict[str, Any]) -> None:
    action, text, seq = request.POST.get("action"), values["text"], values["seq"]
    command = command_from(request, f"order.{action}", {"order": str(order), "text": text})
    if action == "cancel":
        services.cancel_order(command=command, order=order, reason=text, seq=seq)
    elif action == "close":
        services.close_order(command=command, order=order, outcome=text, seq=seq)
    else:
        raise NotFound()


@requires("orders.centre")
@require_POST
def set_centre(request: HttpRequest, order: UUID) -> HttpResponse:
    """Give the order to a registered centre."""
    with page_reading(request):
        form, refused = SetCentre(request.POST, centres=_others(selectors.order_of(order))), None
    if form.is_valid():
        said = form.cleaned_data
        wanted = {"order": str(order), "centre": said["centre"], "reason": said["centre_reason"]}
        try:
            services.set_order_centre(
                command=command_from(request, "order.set_centre", wanted), order=order,
                centre=said["centre"], reason=said["centre_reason"], seq=said["seq"],
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:order", order=order)
    with page_reading(request):
        context = {**_list(request), **_one(request, order), "centre_form": form}
        return answer(request, "orders/index.html", context, form=form, refused=refused)


def _list(request: HttpRequest) -> dict[str, Any]:
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    at = clock.now()
    actor = actor_of(request)
    theirs = rules.outside(actor)
    found = selectors.vein_to_vein(
        at=at, chosen=chosen, person=actor.person, own=theirs.own if theirs else None
    )
    titles = centres.titles_of({row.order.centre for row in found.rows})
    return {
        "rows": [_row(row, titles) for row in found.rows],
        "filters": _filters(found.counts, chosen),
        "shown": chosen,
        "main_class": "",
    }


def _filters(counts: Any, chosen: str) -> list[dict[str, Any]]:
    titles = {
        "all": _("All in flight"),
        "danger": _("In danger"),
        "us": _("Waits for us"),
        "centre": _("Waits for a centre"),
        "mine": _("My orders"),
        "past": _("Closed"),
    }
    return [
        {"key": key, "title": titles[key], "count": counts.get(key), "current": key == chosen,
         "sign": "warning" if key == "danger" and counts.get(key) else ""}
        for key in FILTERS
    ]  # fmt: skip


_SIGNS = {Attention.NONE: "", Attention.AT_RISK: "warning", Attention.IN_DANGER: "stop"}


def _row(row: Row, titles: Mapping[UUID, str]) -> dict[str, Any]:
    order = row.order
    return {
        "id": order.id,
        "centre": _called(order, titles),
        "order": order,
        "headline": row.outlook.headline,
        "who": row.outlook.who,
        "sign": _SIGNS[row.outlook.attention],
        "sign_word": row.outlook.attention.label,
        "state": order.get_state_display(),
        "when": _promise(order),
    }


def _promise(order: Any) -> str:
    if order.state == OrderState.ENTERED:
        days = window_text(order.collection_from, order.collection_until)
        return _("collection %(days)s") % {"days": days}
    return _("infusion %(days)s") % {"days": window_text(order.infusion_from, order.infusion_until)}


def window_text(start: datetime, end: datetime) -> str:
    """Return a window as days: "9 Dec", "9–12 Dec", "30 Nov – 3 Dec"; the year if not this one."""
    first, last = localtime(start), localtime(end - timedelta(seconds=1))
    tail = date_format(last, "j M" if last.year == localtime(clock.now()).year else "j M Y")
    if first.date() == last.date():
        return tail
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{tail}"
    return f"{date_format(first, 'j M')} – {tail}"


def _one(request: HttpRequest, order: UUID) -> dict[str, Any]:
    page = OrderPage(selectors.order_of(order), at=clock.now())
    row = page.order
    actor = actor_of(request)
    rules.check_may_see(actor, row)
    return {
        "page": page,
        "order": row,
        "outlook": page.outlook,
        "sign": _SIGNS[page.outlook.attention],
        "days_left": days_left(row, page.at),
        "drawing": drawing(row, page.collections, at=page.at),
        "promised_collection": window_text(row.collection_from, row.collection_until),
        "promised_infusion": window_text(row.infusion_from, row.infusion_until),
        "events": events(page.timeline, reader=reader_of(actor)),
        "custody": events(page.custody, reader=reader_of(actor)),
        "seq": page.seq,
        "form": Why(),
        "centre": _called(row, centres.titles_of([row.centre])),
        "centre_form": _centre_form(request, row, page.seq),
        "decisions": _decisions(row.state),
        "receivable": row.state in {OrderState.ENTERED, OrderState.COLLECTED,
                                    OrderState.IN_MANUFACTURE},
        "expects_cells": row.state in {OrderState.ENTERED, OrderState.COLLECTED},
        "may_need_more": row.state == OrderState.IN_MANUFACTURE,
    }  # fmt: skip


def _called(order: Order, titles: Mapping[UUID, str]) -> str:
    """Return what an order's centre is called now; a name in words, where it names none."""
    return titles.get(order.centre, order.centre_name) if order.centre else order.centre_name


def _centre_form(request: HttpRequest, order: Order, seq: int) -> SetCentre | None:
    access = access_of(request)
    if access is None or not access.may(Permission.ORDERS_CENTRE):
        return None
    return SetCentre(centres=_others(order), seq=seq)


def _others(order: Order) -> list[TreatmentCentre]:
    """Return the centres to which an order can be given: those that are open but its own."""
    return [one for one in centres.open_centres() if one.id != order.centre]


def _decisions(state: str) -> list[tuple[str, str]]:
    words = {
        OrderState.CLOSED: ("close", _("Close the order")),
        OrderState.CANCELLED: ("cancel", _("Cancel the order")),
    }
    allowed = selectors.next_states(state)
    return [words[wanted] for wanted in words if wanted in allowed]
