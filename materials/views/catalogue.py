"""The catalogue of materials."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from materials import services
from materials.forms import NewMaterial
from materials.models import Material
from materials.views.common import answer, page_reading
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from records.web import command_from


@requires("materials.read")
@require_http_methods(["GET", "HEAD"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the materials of the site."""
    context = {"table": _table(), "form": NewMaterial()}
    return render(request, "materials/catalogue.html", context)


@requires("materials.manage")
@require_http_methods(["POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a material to the catalogue."""
    form, refused = NewMaterial(request.POST), None
    if form.is_valid():
        try:
            values = form.cleaned_data
            command = command_from(request, "material.add", values)
            services.add_material(command=command, **values)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("materials:catalogue")
    with page_reading(request):
        context = {"table": _table(), "form": form}
        return answer(request, "materials/catalogue.html", context, form=form, refused=refused)


def _table() -> dict[str, Any]:
    return {
        "caption": _("Materials of this site"),
        "columns": [
            {"label": _("Code"), "css": "id"},
            {"label": _("What it is")},
            {"label": _("Unit")},
        ],
        "rows": [
            {"cells": [{"text": row.code, "css": "id"}, {"text": row.title}, {"text": row.unit}]}
            for row in Material.objects.order_by("code")
        ],
        "empty": _("No material is in the catalogue yet."),
    }
