"""The list of recipes and the page of one version."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from recipes import selectors
from recipes.forms import WhyApproved
from recipes.schema import json_schema
from recipes.views import pages
from records.web import actor_of


@requires(Permission.RECIPES_READ)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """List the versions of the site's recipes, and the drafts with what each began from."""
    labels: dict[UUID | None, str] = {one.id: one.label for one in selectors.versions()}
    drafts = [
        {"row": one, "begun_from": labels.get(one.source_version)}
        for one in selectors.open_drafts()
    ]  # fmt: skip
    return render(request, "recipes/versions.html", {"table": pages.list_table(), "drafts": drafts})


@requires(Permission.RECIPES_READ)
@require_safe
def version(request: HttpRequest, version: UUID) -> HttpResponse:
    """Show one version: document, compiler, approvals, history, and the next command."""
    return version_response(request, version)


@requires(Permission.RECIPES_READ)
@require_safe
def source(request: HttpRequest, version: UUID) -> HttpResponse:
    """Give the text that a version was imported from, comments included."""
    row = selectors.version_of(version)
    name = f"{row.code}-{row.label}.txt"
    return HttpResponse(
        selectors.source_of(row),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@requires(Permission.RECIPES_READ)
@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """Give the JSON Schema of a recipe, for editors that help while one writes."""
    return JsonResponse(json_schema(), content_type="application/schema+json")


def version_response(
    request: HttpRequest, version: UUID, *, refused: Refusal | None = None, act: str = ""
) -> HttpResponse:
    """Return the page of a version, with a refusal beside the command ``act``.

    Call it inside ``reading``.
    """
    context: dict[str, Any] = pages.version_page(selectors.version_of(version), actor_of(request))
    context |= {"refused": {act: refused} if refused else {}}
    if act == "approve" and context["why_form"]:
        context["why_form"] = WhyApproved(initial={"reason": request.POST.get("reason", "")})
    status = refused.status if refused else 200
    return render(request, "recipes/version.html", context, status=status)
