"""The paper pack: made, listed, and shown as it is printed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from batches import services
from batches.enums import RecordState
from batches.pages.paper import MEDIA_TYPE, pack_page, packs_page, written
from batches.pages.seen import language, look
from batches.selectors import pack_of
from batches.views.answer import may, snapshot
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records import files
from records.web import actor_of, command_from


@requires(Permission.BATCHES_READ)
@require_safe
def packs(request: HttpRequest, batch: UUID) -> HttpResponse:
    """List the paper packs of a batch. Raises NotFound."""
    return _list(request, batch)


def _list(request: HttpRequest, batch: UUID, *, refusal: Refusal | None = None) -> HttpResponse:
    with snapshot(request):
        seen = look(batch, actor_of(request))
        runs = seen.batch.record_state == RecordState.EXECUTING
        page = packs_page(seen) | {
            "refused": refusal,
            "may_make": runs and may(request, Permission.BATCHES_PERFORM),
        }
        status = refusal.status if refusal else 200
        return render(request, "batches/packs.html", page, status=status)


@requires(Permission.BATCHES_PERFORM)
@require_POST
def make_pack(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Make the next paper pack of a batch from what is left of it now, and show it."""
    with snapshot(request):
        seen = look(batch, actor_of(request))
        steps, content = written(seen)
    # Kept before the act that names it, as every file.
    file = files.put(content, media_type=MEDIA_TYPE).sha256
    command = command_from(request, "batch.make_pack", {"batch": str(batch)})
    try:
        reply = services.make_pack(
            command=command, batch=batch, seq=seen.seq, steps=steps, language=language(), file=file
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _list(request, batch, refusal=refusal)
    return redirect("batches:pack", batch=batch, number=reply["number"])


@requires(Permission.BATCHES_READ)
@require_safe
def pack(request: HttpRequest, batch: UUID, number: int) -> HttpResponse:
    """Show a pack as it is printed, in the language in which it was made.

    Raises NotFound, for another batch's as well.
    """
    row = pack_of(batch, number)
    with translation.override(row.language):
        page = pack_page(look(batch, actor_of(request)), row)
        return render(request, "batches/pack.html", page)
