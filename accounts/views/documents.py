"""Documents of the system: what ships, which version is in force, and who approved it."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import documents as found
from accounts.access import access_of
from accounts.document_exceptions import TextLost
from accounts.documents import Document
from accounts.forms import PutForward, Reason
from accounts.models import DocumentVersion
from accounts.permissions import Permission
from accounts.services import documents as services
from accounts.services.at_desk import prove_at_desk
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from mes.lib.refusals import NotFound, Refusal
from mes.ui.text import day_text
from records.reading import reading
from records.web import actor_of, command_from

# Where a document lies, and what is there, in the order in which people look for it.
GROUPS: Final = {
    ".": gettext_lazy("The software"),
    "docs/personas": gettext_lazy("For each role"),
    "docs": gettext_lazy("How it works and is run"),
    "docs/adr": gettext_lazy("Decisions"),
}


@requires(Permission.DOCUMENTS_READ)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """List the documents of the system: version in force, its approval, and what ships."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        there = found.documents()
        groups: dict[str, list[Document]] = {place: [] for place in GROUPS}
        for one in there:
            groups.setdefault(str(PurePosixPath(one.path).parent), []).append(one)
        context = {
            "tables": [
                _table(GROUPS.get(place, place), some) for place, some in groups.items() if some
            ],
            "ships": sum(1 for one in there if one.ships),
            "approved": sum(1 for one in there if one.approved),
            "waiting": [one for one in there if one.waiting],
        }
        return render(request, "accounts/documents.html", context)


def _table(caption: object, some: Sequence[Document]) -> dict[str, Any]:
    return {
        "caption": caption,
        "columns": [
            {"label": _("Document")}, {"label": _("In force")}, {"label": _("Author")},
            {"label": _("Approved by")}, {"label": _("This release")},
            {"label": _("Content"), "css": "id"},
        ],
        "rows": [{"cells": _cells(one)} for one in some],
        "empty": "",
    }  # fmt: skip


def _cells(one: Document) -> list[dict[str, Any]]:
    version, sign, said = one.in_force, *_state(one)
    return [
        {"text": one.title, "url": reverse("accounts:document", args=[one.path])},
        *(_in_force(version) if version else [{"text": "–"}] * 3),
        {"text": said, "sign": sign},
        {"text": one.ships.sha256[:12] if one.ships else "–", "css": "id"},
    ]


def _in_force(version: DocumentVersion) -> list[dict[str, Any]]:
    numbers = {"number": version.number}
    said = _("version %(number)s") % numbers
    if version.predecessor:
        numbers["before"] = version.predecessor.number
        said = _("version %(number)s, after version %(before)s") % numbers
    day = day_text(version.approved_at) if version.approved_at else ""
    return [
        {"text": said}, {"text": f"{version.author_name}, {day_text(version.put_forward_at)}"},
        {"text": f"{version.approver_name}, {day}"},
    ]  # fmt: skip


def _state(one: Document) -> tuple[str, str]:
    """Return what ships, as sign and words: no state of it is an alarm."""
    if one.ships is None:
        return "cross", _("ships no longer")
    if one.approved:
        return "tick", _("the approved version")
    if one.waits:
        return "clock", _("put forward, waits for approval")
    return "to-come", _("not approved yet")


@requires(Permission.DOCUMENTS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, path: str) -> HttpResponse:
    """Show one document with its history; put the text that ships forward as a version."""
    form, refused = PutForward(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        changes, shown = form.cleaned_data["changes"], request.POST.get("shown", "")
        try:
            command = command_from(
                request, "document.put_forward", {"path": path, "changes": changes, "shown": shown}
            )
            services.put_forward(command=command, path=path, changes=changes, shown=shown)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:document", path=path)
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        one = found.document(path)
        sign, said = _state(one)
        context = {
            "document": one, "sign": sign, "state": said, "form": form, "refused": refused,
            "can_put_forward": one.ships and not one.approved and not one.waiting,
            "changed": _changed(one),
        }  # fmt: skip
        status = refused.status if refused else 400 if form.errors else 200
        return render(request, "accounts/document.html", context, status=status)


def _changed(one: Document) -> list[tuple[str, str]]:
    """Return by which lines what ships differs from the version in force."""
    if one.ships is None or one.in_force is None or one.approved:
        return []
    return _lines(one.in_force, one.ships.content)


def _lines(before: DocumentVersion | None, after: bytes) -> list[tuple[str, str]]:
    try:
        return found.difference(found.kept(before), after) if before else []
    except TextLost:
        return []


@requires(Permission.DOCUMENTS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: HttpRequest, revision: UUID) -> HttpResponse:
    """Show one version as it was put forward; send it back, or take one's own back."""
    form = Reason(request.POST or None, label=_("Why it goes back"))
    refused: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            command = command_from(
                request, "document.return", {"revision": str(revision), "reason": reason}
            )
            services.return_version(command=command, revision=revision, reason=reason)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:revision", revision=revision)
    actor, access = actor_of(request), access_of(request)
    with reading(site=actor.site, person=actor.person):
        one = found.version(revision)
        own = one.author == actor.person
        decides = bool(access and access.may(Permission.DOCUMENTS_APPROVE)) and not own
        context = {
            "version": one, "form": form, "own": own, **_text(one),
            "decides": decides, "returns": one.waits and (own or decides),
        }  # fmt: skip
        context["refused"] = refused or context["lost"]
        status = refused.status if refused else 400 if form.errors else 200
        return render(request, "accounts/revision.html", context, status=status)


def _text(one: DocumentVersion) -> dict[str, Any]:
    """Return the text of a version and what it changed, or that it is lost."""
    try:
        content = found.kept(one)
    except TextLost as lost:
        return {"text": "", "changed": [], "lost": lost}
    changed = _lines(one.predecessor, content)
    return {"text": content.decode(errors="replace"), "changed": changed, "lost": None}


@requires(Permission.DOCUMENTS_READ)
@require_safe
def revision_text(request: HttpRequest, revision: UUID) -> HttpResponse:
    """Hand out the text of a version as a file, as it was put forward."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        one = found.version(revision)
        content = found.kept(one)
    name = f"{PurePosixPath(one.path).stem}-v{one.number}.md"
    return HttpResponse(
        content, content_type=f"{found.MEDIA_TYPE}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@requires(Permission.DOCUMENTS_APPROVE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(["GET", "HEAD", "POST"])
def approve_revision(request: HttpRequest, revision: UUID) -> HttpResponse:
    """Show what is approved; put it in force by signature."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _approve(request, revision)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:revision", revision=revision)
    actor, access = actor_of(request), access_of(request)
    assert access is not None  # noqa: S101 - the middleware lets nobody else in
    with reading(site=actor.site, person=actor.person):
        one = found.version(revision)
        context = {
            "version": one, **_text(one), "content": content_hash(services.content_of(one)),
            "meaning": services.APPROVED, "refused": refused, "own": one.author == actor.person,
            "username": access.person.username, "proof": {},
            "by_badge": request.GET.get("by") == "badge" or bool(request.POST.get("badge")),
        }  # fmt: skip
        context["refused"] = refused or context["lost"]
        status = refused.status if refused else 200
        return render(request, "accounts/approve_revision.html", context, status=status)


def _approve(request: HttpRequest, revision: UUID) -> None:
    actor = actor_of(request)
    command = command_from(request, "document.approve", {"revision": str(revision)})
    proof = prove_at_desk(request.POST.dict(), actor=actor, within=access_of(request))
    services.approve_version(
        command=command, revision=revision, proof=proof,
        shown=request.POST.get("content_hash", ""),
    )  # fmt: skip
