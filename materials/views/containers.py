"""Containers: found by scanning, where they are and were, their labels."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from materials import selectors, services
from materials.enums import ContainerStatus, LabelState
from materials.forms import Move, PrintLabel
from materials.models import Container, LabelPrint
from materials.views.common import answer, events, page_reading
from mes.lib import isbt128
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from mes.lib.symbols import data_matrix, draw
from records.reading import the_one
from records.web import command_from


@requires("materials.read")
@require_safe
def containers(request: HttpRequest) -> HttpResponse:
    """List the containers that are here; a scanned code opens its container."""
    scanned = request.GET.get("id", "")[:200].strip()
    refused: Refusal | None = None
    if scanned:
        try:
            found = selectors.container_scanned(scanned)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("materials:container", container=found.id)
    context = {"table": _table(), "scanned": scanned, "refused": refused}
    return render(
        request, "materials/containers.html", context, status=refused.status if refused else 200
    )


def _table() -> dict[str, Any]:
    return {
        "caption": _("Containers that are here"),
        "columns": [
            {"label": _("Label"), "css": "id"},
            {"label": _("Patient")},
            {"label": _("Holds")},
            {"label": _("Status")},
            {"label": _("Where it is"), "css": "may-fold"},
        ],
        "rows": [{"cells": _cells(row)} for row in selectors.containers_here()],
        "empty": _("No container is here. Collections appear with their receipt."),
    }


def _cells(row: Container) -> list[dict[str, Any]]:
    url = reverse("materials:container", kwargs={"container": row.id})
    doubtful = row.status == ContainerStatus.QUARANTINE
    return [
        {"text": row.label, "url": url, "css": "id"},
        {"coi": row.coi, "mark": row.mark} if row.coi else {"text": _("nobody's, not proven")},
        {"text": row.get_kind_display()},
        {"text": row.get_status_display(), "sign": "warning" if doubtful else ""},
        {"text": row.location, "css": "may-fold"},
    ]


@requires("materials.read")
@require_safe
def container(request: HttpRequest, container: UUID) -> HttpResponse:
    """Show one container: custody, labels, where it came from."""
    return render(request, "materials/container.html", _context(container, Move(), PrintLabel()))


@requires("materials.manage")
@require_POST
def move(request: HttpRequest, container: UUID) -> HttpResponse:
    """Move a container, or put it into a store: the button says which."""
    form, refused = Move(request.POST), None
    if form.is_valid():
        location = form.cleaned_data["location"]
        act = services.store if request.POST.get("action") == "store" else services.move
        said = {"container": str(container), "location": location}
        try:
            act(
                command=command_from(request, f"container.{act.__name__}", said),
                container=container,
                location=location,
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("materials:container", container=container)
    with page_reading(request):
        context = _context(container, form, PrintLabel())
        return answer(request, "materials/container.html", context, form=form, refused=refused)


@requires("materials.manage")
@require_POST
def print_label(request: HttpRequest, container: UUID) -> HttpResponse:
    """Issue the next label of a container and show it, ready to print."""
    form, refused = PrintLabel(request.POST), None
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        said = {"container": str(container), "reason": reason}
        try:
            reply = services.print_label(
                command=command_from(request, "label.print", said),
                container=container,
                reason=reason,
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("materials:label", container=container, code=reply["code"])
    with page_reading(request):
        context = _context(container, Move(), form)
        return answer(request, "materials/container.html", context, form=form, refused=refused)


@requires("materials.read")
@require_safe
def label(request: HttpRequest, container: UUID, code: str) -> HttpResponse:
    """Show one printed label, as it goes to the printer."""
    found = LabelPrint.objects.filter(container=container, code=code).first()
    if found is None:
        raise NotFound()
    row = Container.objects.get(id=container)
    context = {
        "container": row,
        "label": found,
        "symbol": draw(data_matrix(found.code), label=found.code),
        "identity": _identity_symbol(row.coi),
        "dead": found.state in LabelState.dead,
    }
    return render(request, "materials/label.html", context)


def _identity_symbol(coi: str) -> str:
    if not coi:
        return ""
    scanned_as = isbt128.coi(coi).scanned_as
    return draw(data_matrix(scanned_as), label=_("Chain of identity %(coi)s") % {"coi": coi})


def _context(container: UUID, move: Move, label: PrintLabel) -> dict[str, Any]:
    found = the_one(Container.objects.filter(id=container))
    return {
        "container": found,
        "labels": selectors.labels_of(container),
        "sources": selectors.containers_named(selectors.sources_of(container)),
        "made": selectors.containers_named(selectors.made_from(container)),
        "clocks": sorted(selectors.clocks_of([container]).items()),
        "events": events(selectors.history(container)),
        "move_form": move,
        "label_form": label,
    }
