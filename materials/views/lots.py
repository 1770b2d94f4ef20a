"""Lots: the list first-expiry-first, one lot, a delivery, decisions of the quality unit."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from materials import selectors, services
from materials.enums import LotStatus
from materials.forms import Decide, ReceiveLot
from materials.models import Lot
from materials.views.common import answer, events, page_reading
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from mes.ui.text import day_text, quantity_text
from records.reading import the_one
from records.web import command_from

EXPIRES_SOON = timedelta(days=14)
FILTERS = ("", *LotStatus.values, "expired")


@requires("materials.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List lots, first expiry first; filter by status, search by words."""
    status = request.GET.get("status", "")
    status = status if status in FILTERS else ""
    words, at = request.GET.get("q", "")[:100], clock.now()
    context = {
        "table": _table(selectors.lots(status=status, words=words, at=at), at),
        "filters": [(name, _filter_title(name), name == status) for name in FILTERS],
        "status": status,
        "words": words,
    }
    return render(request, "materials/lots.html", context)


def _filter_title(name: str) -> str:
    titles = {"": _("All lots"), "expired": _("Expired")}
    return titles.get(name) or str(LotStatus(name).label)


def _table(lots: list[Lot], at: datetime) -> dict[str, Any]:
    titles = selectors.material_titles()
    return {
        "caption": _("Lots, first expiry first"),
        "columns": [
            {"label": _("Lot"), "css": "id"},
            {"label": _("Material")},
            {"label": _("Usable until")},
            {"label": _("Status")},
            {"label": _("Left"), "css": "num"},
            {"label": _("Where it lies"), "css": "may-fold"},
            {"label": _("Supplier"), "css": "may-fold"},
        ],
        "rows": [{"cells": _cells(lot, titles, at)} for lot in lots],
        "empty": _("No lot fits. Receive a delivery, or choose another filter."),
    }


def _cells(lot: Lot, titles: Any, at: datetime) -> list[dict[str, Any]]:
    sign, word = expiry_sign(lot, at)
    return [
        {"text": lot.code, "url": reverse("materials:lot", kwargs={"lot": lot.id}), "css": "id"},
        {"text": f"{lot.material} · {titles.get(lot.material, '')}"},
        {"text": f"{day_text(lot.expires_at)} {word}".strip(), "sign": sign},
        {"text": lot.get_status_display(), "sign": status_sign(lot)},
        {"text": quantity_text(lot.left, lot.unit), "css": "num"},
        {"text": lot.location, "css": "may-fold"},
        {"text": lot.supplier, "css": "may-fold"},
    ]


def expiry_sign(lot: Lot, at: datetime) -> tuple[str, str]:
    """Return icon and word of a lot's expiry; nothing while it is far."""
    if lot.expires_at <= at:
        return "warning", _("expired")
    return ("", _("soon")) if lot.expires_at <= at + EXPIRES_SOON else ("", "")


def status_sign(lot: Lot) -> str:
    """Return the icon of a lot's status: only what is abnormal has one."""
    return "warning" if lot.status == LotStatus.REJECTED else ""


@requires("materials.read")
@require_safe
def lot(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Show one lot: where it is, where it went, what happened to it."""
    return render(request, "materials/lot.html", _lot_context(lot, Decide()))


@requires("materials.release")
@require_POST
def decide(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Release, reject or quarantine a lot: the button names the decision."""
    form, refused = Decide(request.POST), None
    if form.is_valid():
        try:
            _decide(request, lot, form.cleaned_data)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("materials:lot", lot=lot)
    with page_reading(request):
        context = _lot_context(lot, form)
        return answer(request, "materials/lot.html", context, form=form, refused=refused)


def _decide(request: HttpRequest, lot: UUID, values: dict[str, Any]) -> None:
    action, text, seq = request.POST.get("action"), values["text"], values["seq"]
    command = command_from(request, f"lot.{action}", {"lot": str(lot), "text": text})
    match action:
        case "release":
            services.release_lot(command=command, lot=lot, basis=text, seq=seq)
        case "reject":
            services.reject_lot(command=command, lot=lot, reason=text, seq=seq)
        case "quarantine":
            services.quarantine_lot(command=command, lot=lot, reason=text, seq=seq)
        case _:
            raise NotFound()


def _lot_context(lot: UUID, form: Decide) -> dict[str, Any]:
    found = the_one(Lot.objects.filter(id=lot))
    history = selectors.history(lot)
    return {
        "lot": found,
        "title": selectors.material_titles().get(found.material, ""),
        "expired": found.expires_at <= clock.now(),
        "uses": selectors.uses_of(lot),
        "events": events(history),
        "seq": history[0]["seq"],
        "form": form,
        "decisions": _decisions(found),
    }


def _decisions(lot: Lot) -> list[tuple[str, str]]:
    """Return the decisions that the lot's status allows, with the words of their buttons."""
    words = {
        LotStatus.RELEASED: ("release", _("Release the lot")),
        LotStatus.REJECTED: ("reject", _("Reject the lot")),
        LotStatus.QUARANTINE: ("quarantine", _("Put into quarantine")),
    }
    allowed = selectors.next_statuses(lot)
    return [words[status] for status in words if status in allowed]


@requires("materials.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    """Receive a delivery into quarantine."""
    if request.method != "POST":
        return render(request, "materials/receive.html", {"form": ReceiveLot()})
    refused: Refusal | None = None
    with page_reading(request):
        form = ReceiveLot(request.POST)
        valid = form.is_valid()
    if valid:
        try:
            reply = services.receive_lot(
                command=command_from(request, "lot.receive", _said(form)),
                delivery=form.delivery(),
            )
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("materials:lot", lot=reply["lot"])
    with page_reading(request):
        context = {"form": form}
        return answer(request, "materials/receive.html", context, form=form, refused=refused)


def _said(form: ReceiveLot) -> dict[str, str]:
    return {name: str(value) for name, value in form.cleaned_data.items()}
