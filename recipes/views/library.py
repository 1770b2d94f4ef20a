"""The library of operations: what is in it, who uses it, what a draft takes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from recipes import selectors, stored, words
from recipes.document import Operation
from recipes.forms import PublishOperation, TakeOperation, Withdraw
from recipes.selectors import plain_document
from recipes.services import library as services
from records.reading import reading
from records.web import actor_of, command_from


@requires(Permission.RECIPES_READ)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """List the operations of the library with all their versions."""
    return _list(request)


def _list(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    users = selectors.users_of_operations()
    operations: dict[str, dict[str, Any]] = {}
    for row in selectors.library():
        one = operations.setdefault(
            row.code, {"code": row.code, "newest": row, "rows": [], "users": users.get(row.code)}
        )
        one["rows"].append(row)
    context = {"operations": list(operations.values()), "drafts": selectors.open_drafts(), **more}
    return render(request, "recipes/library.html", context, status=status)


@requires(Permission.RECIPES_READ)
@require_safe
def library_operation(request: HttpRequest, operation: UUID) -> HttpResponse:
    """Show a version of an operation with its steps, and what can be done with it."""
    return _one(request, operation)


def _one(request: HttpRequest, operation: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    row = selectors.library_operation(operation)
    document: Operation = stored.part(Operation, plain_document(row.content_hash))
    context = {
        "row": row,
        "openness": words.openness_words(document.openness),
        "steps": [
            {"kind": words.kind_words(s.kind), "key": s.key, "text": words.say(s.text)}
            for s in document.steps
        ],
        "take_form": TakeOperation(places=_places()),
        "withdraw_form": Withdraw(),
        **more,
    }
    return render(request, "recipes/library_operation.html", context, status=status)


def _places() -> list[tuple[str, str]]:
    """Return the stages of all open drafts, to be chosen from."""
    places = []
    for draft in selectors.open_drafts():
        stages = draft.content.get("stages") if isinstance(draft.content, dict) else None
        for stage in stages if isinstance(stages, list) else []:
            key = stage.get("key") if isinstance(stage, dict) else None
            if isinstance(key, str):
                places.append((f"{draft.id}:{key}", f"{draft.code} · {key}"))
    return places


@requires(Permission.RECIPES_WRITE)
@require_POST
def take_operation(request: HttpRequest, operation: UUID) -> HttpResponse:
    """Put the operation into a stage of an open draft, and open the draft there."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        form = TakeOperation(request.POST, places=_places())
    if not form.is_valid():
        return _again(request, operation, take_form=form, status=400)
    draft, _colon, stage = form.cleaned_data["place"].partition(":")
    command = command_from(request, "recipe-draft.take", {"operation": str(operation)})
    try:
        services.take_operation(
            command=command, draft=UUID(draft), stage=stage, operation=operation
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(request, operation, refused=refusal, status=refusal.status)
    place = f"{reverse('recipes:draft', kwargs={'draft': draft})}?at=stages/{stage}"
    return redirect(place)


@requires(Permission.RECIPES_WRITE)
@require_POST
def withdraw_operation(request: HttpRequest, operation: UUID) -> HttpResponse:
    """Take the version out of the library, with a reason."""
    command = command_from(request, "library-operation.withdraw", {"operation": str(operation)})
    try:
        services.withdraw_operation(
            command=command, operation=operation, reason=request.POST.get("reason", "")
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(request, operation, withdrawal_refused=refusal, status=refusal.status)
    return redirect("recipes:library")


def _again(request: HttpRequest, operation: UUID, *, status: int, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        return _one(request, operation, status=status, **more)


@requires(Permission.RECIPES_WRITE)
@require_POST
def publish_operation(request: HttpRequest, version: UUID) -> HttpResponse:
    """Put an operation of an approved version into the library under a code."""
    actor = actor_of(request)
    form = PublishOperation(request.POST)
    refused: Refusal | None = None
    if form.is_valid():
        command = command_from(request, "library-operation.publish", form.cleaned_data)
        try:
            reply = services.publish_operation(
                command=command, version=version, path=form.cleaned_data["path"],
                code=form.cleaned_data["code"],
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("recipes:library_operation", operation=reply["operation"])
    with reading(site=actor.site, person=actor.person):
        return _list(request, status=refused.status if refused else 400, refused=refused,
                     form=form)  # fmt: skip
