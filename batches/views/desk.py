"""Batches at the desk: the list, the record of one, and issuing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from batches.enums import RecordState
from batches.forms import Issue, issue_form
from batches.pages.desk import list_page
from batches.pages.record import record_page
from batches.pages.seen import look
from batches.services import issue_batch
from batches.views.answer import may, snapshot
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from recipes.interchange import batchml
from records.commands import Reply
from records.web import actor_of, command_from


@requires(Permission.BATCHES_READ)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the batches of the site."""
    asked = request.GET
    page = list_page(
        state=asked.get("state", ""), words=asked.get("q", ""), number=asked.get("page", "1")
    )
    page |= {"may_issue": may(request, Permission.BATCHES_ISSUE)}
    return render(request, "batches/index.html", page)


@requires(Permission.BATCHES_READ)
@require_safe
def control_recipe(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Give a batch's control recipe as BatchML: its document, inputs and units. Raises NotFound."""
    seen = look(batch, actor_of(request), every_claim=True)
    units = {
        (stage["key"], claim.alias): claim.resource_label
        for claim in seen.claims
        for stage in claim.stages
    }
    content = batchml.control_recipe(
        seen.recipe, version=seen.batch.recipe_label, at=seen.batch.issued_at,
        batch=batchml.Batch(seen.batch.number, seen.batch.inputs, units),
    )  # fmt: skip
    response = HttpResponse(content, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{seen.batch.number}.xml"'
    return response


@requires(Permission.BATCHES_READ)
@require_safe
def record(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Show the whole record of a batch."""
    seen = look(batch, actor_of(request), every_claim=True)
    page = record_page(seen, linked=may(request, Permission.RECORDS_READ))
    page |= {
        "may_perform": may(request, Permission.BATCHES_PERFORM),
        "may_correct": may(request, Permission.BATCHES_CORRECT)
        and seen.batch.record_state != RecordState.DISPOSITIONED,
    }
    return render(request, "batches/record.html", page)


@requires(Permission.BATCHES_ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a batch for an order from an effective recipe."""
    refusal: Refusal | None = None
    with snapshot(request):
        order = request.GET.get("order", "")
        form = issue_form(request.POST if request.method == "POST" else None, order=order)
        valid = form.is_valid()
    if valid:
        try:
            reply = _issue(request, form)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Batch %(number)s is issued.") % reply)
            return redirect("batches:record", UUID(str(reply["batch"])))
    status = refusal.status if refusal else 400 if form.is_bound and not valid else 200
    context: dict[str, Any] = {"form": form, "refused": refusal}
    with snapshot(request):
        return render(request, "batches/issue.html", context, status=status)


def _issue(request: HttpRequest, form: Issue) -> Reply:
    wanted = form.cleaned_data
    payload = {name: str(value) for name, value in wanted.items()}
    command = command_from(request, "batch.issue", payload)
    return issue_batch(command=command, **wanted)
