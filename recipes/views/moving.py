"""Where a part of a draft can be moved to: what is folded opens, a form says all places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from recipes import selectors
from recipes.drafting.asked import lists_like
from recipes.drafting.changes import Address, Overtaken, Plain, at, before_of, name_of
from recipes.drafting.fields import address_of, path_of
from recipes.drafting.places import title_of
from recipes.views.editor import Editor, place_asked
from records.web import actor_of


@requires(Permission.RECIPES_WRITE)
@require_safe
def draft_inside(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Give the outline's rows inside a stage or an operation that lies folded."""
    editor = _editor(request, draft)
    rows = editor.inside()
    return render(request, "recipes/editor/inside.html", {"rows": rows, "open": True})


@requires(Permission.RECIPES_WRITE)
@require_safe
def draft_places(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Give the form that moves a part: all lists of its sort, all places of the chosen one."""
    editor = _editor(request, draft)
    thing = editor.address
    asked = address_of(request.GET.get("into", "")[:600])
    try:
        context = _places(editor.row.content, thing, asked) if thing else {}
    except Overtaken as error:
        raise NotFound() from error
    return render(request, "recipes/editor/move_to.html", context)


def _editor(request: HttpRequest, draft: UUID) -> Editor:
    place = place_asked(request.GET.get("at", ""))
    return Editor(selectors.draft_of(draft), place, actor_of(request))


def _places(data: Plain, thing: Address, asked: Address) -> dict[str, Any]:
    own = thing[:-1]
    lists = list(lists_like(data, own))
    into = asked if asked in lists else own
    return {
        "at": path_of(thing),
        "into": path_of(into),
        "lists": _grouped(data, lists),
        "after": before_of(data, own, thing[-1]) if into == own else None,
        "beside": [
            {"name": name_of(one), "title": title_of(one)} for one in _things(data, into)
            if (*into, name_of(one)) != thing
        ],
    }  # fmt: skip


def _things(data: Plain, place: Address) -> list[Plain]:
    found = at(data, place)
    return found if isinstance(found, list) else []


def _grouped(data: Plain, lists: list[Address]) -> list[dict[str, Any]]:
    """Return the lists by what their owners stand in: operations by stage."""
    groups: dict[str, list[dict[str, str]]] = {}
    for place in lists:
        owner = place[:-1]
        title = title_of(at(data, owner)) if owner else _("The recipe as a whole")
        rows = groups.setdefault(_heading(data, owner), [])
        rows.append({"at": path_of(place), "title": title})
    return [{"title": heading, "lists": rows} for heading, rows in groups.items()]


def _heading(data: Plain, owner: Address) -> str:
    if owner[:1] == ("contingencies",):
        return _("Contingencies")
    return title_of(at(data, owner[:-2])) if len(owner) > 2 else ""
