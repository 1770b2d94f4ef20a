"""The batch record to take along: as JSON with its chains, and as PDF written by a worker."""

import json
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from batches.selectors import batch_of
from mes.lib import evidence
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from quality import services
from quality.dossier import export
from quality.enums import DossierState
from quality.models import Dossier
from quality.services.dossiers import dossier_of
from quality.views.common import READ
from records import files
from records.web import command_from


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def record_json(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Give the batch record as JSON, with the raw chains that prove it, and sealed."""
    row = batch_of(batch)
    plain = json.loads(json.dumps(export(row), cls=DjangoJSONEncoder))
    response = HttpResponse(evidence.written(**plain), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{row.number}.json"'
    return response


@requires(Permission.QUALITY_READ)
@require_http_methods(["POST"])
def request_copy(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Ask for the batch record as PDF."""
    command = command_from(request, "dossier.request", {"batch": str(batch)})
    services.request_dossier(command=command, batch=batch)
    return redirect("quality:batch", batch=batch)


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def state(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Give the list of copies, polled every 2 s while one is being written."""
    rows = list(Dossier.objects.filter(stream=batch).order_by("-number"))
    context = {"batch": batch_of(batch), "dossiers": rows}
    return render(request, "quality/dossiers.html", context)


@requires(Permission.QUALITY_READ)
@require_http_methods(READ)
def download(request: HttpRequest, batch: UUID, dossier: UUID) -> HttpResponseBase:
    """Give a written copy."""
    row = dossier_of(dossier)
    if row.batch != batch or row.state != DossierState.RENDERED:
        raise NotFound()
    name = f"{batch_of(batch).number}-{row.number}.pdf"
    return FileResponse(
        files.path_of(row.sha256).open("rb"), as_attachment=True, filename=name,
        content_type="application/pdf",
    )  # fmt: skip
