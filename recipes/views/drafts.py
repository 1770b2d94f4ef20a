"""The editor: a draft is opened, changed field by field or as text, and sent to review."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from recipes import selectors
from recipes.drafting import asked
from recipes.drafting.changes import (
    Address,
    Change,
    Insert,
    Move,
    Overtaken,
    Plain,
    Put,
    Remove,
    Twice,
    apply_all,
    at,
    name_of,
)
from recipes.drafting.fields import address_of, path_of
from recipes.drafting.plain import yaml_of
from recipes.exceptions import ChangedMeanwhile, NameTwice, RecipeNotReadable
from recipes.forms import DraftText, NewRecipe
from recipes.models import RecipeDraft
from recipes.services import drafts
from recipes.services.drafts import content_at
from recipes.views.conflict import conflict_of
from recipes.views.editor import STRUCTURAL, Editor, address_url, place_asked
from recipes.views.lines import with_lines
from records.commands import Command, Reply
from records.reading import reading
from records.web import actor_of, command_from

Changes = tuple[Change, ...]


@requires(Permission.RECIPES_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_draft(request: HttpRequest) -> HttpResponse:
    """Ask for code and title of a new recipe, and open its draft."""
    form = NewRecipe(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reply = drafts.open_draft(
            command=command_from(request, "recipe-draft.open", form.cleaned_data),
            code=form.cleaned_data["code"], title=form.cleaned_data["title"],
        )  # fmt: skip
        return redirect("recipes:draft", draft=reply["draft"])
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        return render(
            request, "recipes/new.html", {"form": form}, status=400 if form.is_bound else 200
        )


@requires(Permission.RECIPES_WRITE)
@require_POST
def draft_from(request: HttpRequest, version: UUID) -> HttpResponse:
    """Open a draft that begins with a version's text."""
    command = command_from(request, "recipe-draft.open", {"version": str(version)})
    reply = drafts.open_draft(command=command, version=version)
    return redirect("recipes:draft", draft=reply["draft"])


@requires(Permission.RECIPES_WRITE)
@require_safe
def draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show the editor at the place that ``at`` names."""
    editor = _editor(request, draft, request.GET.get("at", ""))
    return render(request, "recipes/editor/page.html", editor.context())


def _editor(request: HttpRequest, draft: UUID, place: str) -> Editor:
    return Editor(selectors.draft_of(draft), place_asked(place), actor_of(request))


@requires(Permission.RECIPES_WRITE)
@require_safe
def draft_news(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Give what changed since entry ``seq``, nothing (204) when nothing did."""
    seen = _number(request.GET.get("seq", ""))
    editor = _editor(request, draft, request.GET.get("at", ""))
    if editor.row.entry_seq == seen:
        return HttpResponse(status=204)
    whole = _differs(content_at(editor.row, seen), editor.row.content, editor.address)
    return _panes(request, editor, whole=whole, news=True)


def _differs(before: Plain, now: Plain, address: Address) -> bool:
    try:
        return at(before, address) != at(now, address)
    except Overtaken:
        return True


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# --- what is done in the form --------------------------------------------------------------------

Asked = Callable[[Plain, Address, HttpRequest], Changes]
PATHS = 600


def _field(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")


def _put(data: Plain, address: Address, request: HttpRequest) -> Changes:
    widget, seen = _field(request, "widget"), request.POST.getlist("was")
    value = asked.value_of(_field(request, "value"), widget)
    if seen:
        asked.check_as_seen(data, address, value=value, widget=widget, seen=seen)
    return asked.put(data, address, value)


def _move(data: Plain, address: Address, request: HttpRequest) -> Changes:
    into = address_of(_field(request, "into")[:PATHS])
    return asked.move(data, address, into=into, after=_field(request, "after")[:60] or None)


ACTS: dict[str, Asked] = {
    "put": _put,
    "add": lambda data, address, request: asked.add(
        data, address, _field(request, "after") or None
    ),
    "remove": lambda data, address, _request: asked.remove(data, address),
    "up": lambda data, address, _request: asked.shift(data, address, up=True),
    "down": lambda data, address, _request: asked.shift(data, address, up=False),
    "move": _move,
    "speak": lambda data, address, _request: asked.speak(data, address[-1] if address else ""),
}


@requires(Permission.RECIPES_WRITE)
@require_POST
def edit_draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Do one thing that was done in the form; answer with what changed on the page."""
    actor, place = actor_of(request), place_asked(_field(request, "at"))
    what, address = _field(request, "act"), address_of(_field(request, "place")[:PATHS])
    changes: Changes = ()
    try:
        if what in {"undo", "redo"}:
            changes = _taken_back(request, draft, again=what == "redo")
        else:
            changes = _changes(request, draft, what, address)
            if changes or what != "put":  # a value that is there already came twice
                command = _command(request, changes)
                drafts.edit_draft(command=command, draft=draft, changes=changes)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, draft, address, refusal)
    with reading(site=actor.site, person=actor.person):
        editor = Editor(selectors.draft_of(draft), _followed(place, changes), actor)
        renamed = _renamed(changes)
        whole = (
            what != "put" or bool(renamed) or address[-1:] == ("kind",)
            or _others_wrote(request, editor, changes)
        )  # fmt: skip
        return _panes(request, editor, whole=whole, renamed=renamed)


def _taken_back(request: HttpRequest, draft: UUID, *, again: bool) -> Changes:
    """Undo or redo; return what that changed, so that the page goes where it was done."""
    actor, act = actor_of(request), "redo" if again else "undo"
    with reading(site=actor.site, person=actor.person):
        before = selectors.draft_of(draft).entry_seq
    command = command_from(request, "recipe-draft.take_back", {"act": act})
    drafts.take_back(command=command, draft=draft, again=again)
    with reading(site=actor.site, person=actor.person):
        return drafts.changes_after(draft, before)


def _refused(request: HttpRequest, draft: UUID, address: Address, refusal: Refusal) -> HttpResponse:
    """Say why a change was not done. What was typed into a field stays in it."""
    actor, place = actor_of(request), place_asked(_field(request, "at"))
    typed = _field(request, "act") == "put"
    with reading(site=actor.site, person=actor.person):
        editor = Editor(selectors.draft_of(draft), place, actor)
        conflict = None
        if typed and isinstance(refusal, ChangedMeanwhile):
            widget, value = _field(request, "widget"), _field(request, "value")
            conflict = conflict_of(editor, address, widget=widget, mine=value)
        whole = not typed or bool(conflict and conflict.gone)
        return _panes(request, editor, whole=whole, refused=refusal, conflict=conflict)


def _others_wrote(request: HttpRequest, editor: Editor, changes: Changes) -> bool:
    """Whether the thing that is looked at is not what the person saw and then changed."""
    seen = _number(_field(request, "seq"))
    try:
        expected = apply_all(content_at(editor.row, seen), changes) if seen else None
    except (Overtaken, Twice):
        return True
    return expected is not None and _differs(expected, editor.row.content, editor.address)


def _renamed(changes: Changes) -> tuple[str, str] | None:
    """Return from which address to which a thing went by its new name."""
    for change in changes:
        if isinstance(change, Put) and change.renamed is not None:
            owner = change.at[:-1]
            return path_of(owner), path_of((*owner[:-1], change.renamed))
    return None


def _command(request: HttpRequest, changes: Changes) -> Command:
    said = [change.model_dump(mode="json") for change in changes]
    name = drafts.TYPED if _field(request, "typing") else "recipe-draft.edit"
    return command_from(request, name, {"changes": said})


def _changes(request: HttpRequest, draft: UUID, what: str, address: Address) -> Changes:
    """Return what is asked as changes of the draft as it is. Raises ChangedMeanwhile."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        row = selectors.draft_of(draft)
    if what not in ACTS:
        raise NotFound()
    by_field = what == "put" and "was" in request.POST
    seen = what in {"put", "remove"} and not by_field
    base = _as_seen(request, row) if seen else row.content
    try:
        return ACTS[what](base, address, request)
    except Overtaken as error:
        raise drafts.changed_meanwhile(row, error.address) from error
    except Twice as error:
        raise NameTwice(name=error.name) from error


def _as_seen(request: HttpRequest, row: RecipeDraft) -> Plain:
    """Return the content that the person saw: what they replace is what stood there."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        return content_at(row, _number(_field(request, "seq")) or row.entry_seq)


def _followed(place: Address, changes: Changes) -> Address:
    """Return where the thing that was looked at is now: renamed, moved, gone, or a new one."""
    for change in changes:
        match change:
            case Put(renamed=str(name)) if place[: len(change.at) - 1] == change.at[:-1]:
                place = (*change.at[:-2], name, *place[len(change.at) - 1 :])
            case Move() if place[: len(change.at) + 1] == (*change.at, change.name):
                place = (*change.into, change.name, *place[len(change.at) + 1 :])
            case Insert() if change.at[-1] in STRUCTURAL:
                place = (*change.at, str(name_of(change.item)))
            case Remove() if place[: len(change.at) + 1] == (
                *change.at, name_of(change.item)
            ):  # fmt: skip
                place = change.at[:-1]
            case _:
                pass
    return place


def _panes(request: HttpRequest, editor: Editor, *, whole: bool, **more: Any) -> HttpResponse:
    """Return the parts of the page that may have changed; with ``whole`` the form as well."""
    refused = more.get("refused")
    context = editor.context(whole=whole, key=uuid7(), **more)
    response = render(
        request, "recipes/editor/panes.html", context, status=refused.status if refused else 200
    )
    response["HX-Replace-Url"] = address_url(editor.row.id, editor.address)
    return response


# --- as text -------------------------------------------------------------------------------------


@requires(Permission.RECIPES_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_text(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show the draft as YAML; save it: only what differs from what was shown is changed."""
    actor = actor_of(request)
    if request.method != "POST":
        return _text_page(request, _editor(request, draft, ""))
    source = _field(request, "text").replace("\r\n", "\n")
    refused: Refusal | None = None
    try:
        command = command_from(request, "recipe-draft.text", {"text": source})
        seq = _number(_field(request, "seq"))
        drafts.save_text(command=command, draft=draft, source=source.encode(), seq=seq)
    except NotFound:
        raise
    except Refusal as refusal:
        refused = refusal
    with reading(site=actor.site, person=actor.person):
        editor = _editor(request, draft, "")
        if refused is None:
            return redirect("recipes:draft_text", draft=draft)
        return _text_page(request, editor, refused=refused, text=source)


def _text_page(
    request: HttpRequest, editor: Editor, *, refused: Refusal | None = None, text: str = ""
) -> HttpResponse:
    shown = text or yaml_of(editor.row.content)
    unread = refused.messages if isinstance(refused, RecipeNotReadable) else ()
    seq = _number(_field(request, "seq")) if refused else editor.row.entry_seq
    context = editor.context(
        text_form=DraftText(initial={"text": shown}), refused=refused, unread=unread, seq=seq
    )
    if not text:  # else it is not the text that the messages are about
        for name, said in (("messages_found", editor.messages), ("site_found", editor.not_here)):
            context[name] = with_lines(context[name], said, shown)
    status = refused.status if refused else 200
    return render(request, "recipes/editor/text.html", context, status=status)


# --- its end -------------------------------------------------------------------------------------


@requires(Permission.RECIPES_WRITE)
@require_POST
def send_draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Make a version of the draft and send it to review."""
    return _end(request, draft, "recipe-draft.send", drafts.send_to_review)


@requires(Permission.RECIPES_WRITE)
@require_POST
def discard_draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """End the draft; it stays readable."""
    return _end(request, draft, "recipe-draft.discard", drafts.discard_draft)


def _end(
    request: HttpRequest, draft: UUID, name: str, do: Callable[..., Reply]
) -> HttpResponse:  # fmt: skip
    seq = _number(_field(request, "seq"))
    try:
        command = command_from(request, name, {"draft": str(draft), "seq": seq})
        reply = do(command=command, draft=draft, seq=seq)
    except NotFound:
        raise
    except Refusal as refusal:
        return draft_response(request, draft, refused=refusal)
    if "version" in reply:
        return redirect("recipes:version", version=reply["version"])
    return redirect("recipes:versions")


def draft_response(request: HttpRequest, draft: UUID, *, refused: Refusal) -> HttpResponse:
    """Return the editor's page with what was refused, at the place that was looked at."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        editor = _editor(request, draft, _field(request, "at"))
        context = editor.context(refused=refused)
        return render(request, "recipes/editor/page.html", context, status=refused.status)
