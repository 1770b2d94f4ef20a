"""Jump to anything by its id, from the header of every page at a desk."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import access_of
from mes.lib.access import signed_in
from records import things
from records.models import Stream
from records.reading import reading
from records.things import Named
from records.web import actor_of

LONGEST, MOST = 120, 50


@signed_in
@require_safe
def jump(request: HttpRequest) -> HttpResponse:
    """Open the one thing with the typed or scanned id; list them where there are several."""
    text = request.GET.get("id", "").strip()[:LONGEST]
    access, actor = access_of(request), actor_of(request)
    found: list[Named] = []
    if text and access is not None:
        with reading(site=actor.site, person=actor.person):
            found = targets(text, may=access.may)
    if len(found) == 1:
        return redirect(found[0].url)
    context = {"text": text, "found": found[:MOST], "more": len(found) > MOST}
    return render(request, "jump.html", context, status=200 if found else 404)


def targets(text: str, *, may: Callable[[str], bool]) -> list[Named]:
    """Return what has this id and a page that the person may open, in the order of names.

    What the walls hide has no name here, and is not told of.
    """
    kinds = [kind for kind in things.with_pages() if may(things.permission_of_page(kind))]
    streams = {stream for kind in kinds for stream in things.find(text, kind=kind)}
    rows = Stream.objects.seen().filter(id__in=streams, kind__in=kinds).values_list("id", "kind")
    return sorted((one for one in things.named(rows).values() if one.label), key=str)
