"""The audit trail as people read it. Everything shown comes out of the hashed bytes."""

import json
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mes.lib.access import requires
from records import exports, selectors
from records.forms import TrailFilter
from records.selectors import PAGE, Line


@requires("records.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The trail over all things of the site, newest first."""
    form = TrailFilter(request.GET)
    rows = selectors.trail(**form.wanted())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": [Line.of(entry) for entry in page],
        "query": f"&{kept.urlencode()}" if kept else "",
    }
    return render(request, "records/index.html", context)


@requires("records.read")
@require_safe
def export_csv(request: HttpRequest) -> HttpResponse:
    """The filtered trail as CSV. Raises TrailTooLong."""
    wanted = selectors.trail(**TrailFilter(request.GET).wanted())
    text = exports.as_csv(exports.chosen(wanted))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return response


@requires("records.read")
@require_safe
def export_json(request: HttpRequest) -> HttpResponse:
    """The filtered trail as JSON, each entry with its whole envelope. Raises TrailTooLong."""
    wanted = selectors.trail(**TrailFilter(request.GET).wanted())
    content = {"entries": exports.as_json(exports.chosen(wanted))}
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="audit-trail.json"'
    return response


@requires("records.read")
@require_safe
def stream(request: HttpRequest, stream: UUID) -> HttpResponse:
    """One thing's chain, checked while it is shown."""
    return render(request, "records/stream.html", {"chain": selectors.chain(stream)})


@requires("records.read")
@require_safe
def entry(request: HttpRequest, stream: UUID, seq: int) -> HttpResponse:
    """One entry with its whole envelope, as it was hashed."""
    found = selectors.entry_of(stream, seq)
    context = {
        "line": Line.of(found),
        "envelope": json.dumps(found.envelope, indent=2, ensure_ascii=False),
    }
    return render(request, "records/entry.html", context)
