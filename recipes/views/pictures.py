"""A picture for an instruction: kept by the hash of its content, then named by the draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.filetypes import JPEG, PNG
from mes.lib.refusals import NotFound, Refusal
from recipes import selectors
from recipes.drafting.changes import Address, Change, Overtaken, Plain, at, putting
from recipes.drafting.fields import languages
from recipes.services import drafts
from recipes.views.editor import address_url, place_asked
from records import uploads
from records.exceptions import FileNotTaken
from records.models import StoredFile
from records.reading import reading
from records.web import actor_of, command_from

LARGEST = 5  # MB: a tablet loads it in open work


@requires(Permission.RECIPES_WRITE)
@require_POST
def add_picture(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Keep a picture and name it at the step that the form stands at. Raises NotFound."""
    actor, place = actor_of(request), place_asked(request.POST.get("at", ""))
    with reading(site=actor.site, person=actor.person):
        content = selectors.draft_of(draft).content
    try:
        kept = _keep(request)
        changes = _named(content, place, kept, words=request.POST.get("alt", ""))
        said = [change.model_dump(mode="json") for change in changes]
        command = command_from(request, "recipe-draft.edit", {"changes": said})
        drafts.edit_draft(command=command, draft=draft, changes=changes)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal} {refusal.way_out_text}")
    return redirect(address_url(draft, place))


def _keep(request: HttpRequest) -> StoredFile:
    """Keep the picture. Raises FileNotTaken."""
    upload = request.FILES.get("picture")
    if upload is None:
        raise FileNotTaken(field="picture", problem="")
    return uploads.keep(upload, types={PNG, JPEG}, largest=LARGEST, field="picture")


def _named(content: Plain, place: Address, kept: StoredFile, *, words: str) -> tuple[Change, ...]:
    """Return the change that names the picture behind those that are there. Raises NotFound."""
    try:
        step = at(content, place)
    except Overtaken as gone:
        raise NotFound() from gone
    if place[-2:-1] != ("steps",) or not isinstance(step, dict):
        raise NotFound()
    there = step.get("pictures")
    alt = dict.fromkeys(languages(content), words.strip()[:2000] or "…")
    more: Plain = {"sha256": kept.sha256, "alt": {**alt}}
    beside = there if isinstance(there, list) else []
    return putting(content, (*place, "pictures"), [*beside, more])
