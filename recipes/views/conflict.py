"""Two people wrote the same field: what it is called, who made it what, and what one had typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from recipes.drafting.asked import held
from recipes.drafting.changes import Address, Overtaken, Plain
from recipes.drafting.fields import Widget, path_of
from recipes.drafting.places import field_words, outlined, thing_words
from recipes.drafting.plain import yaml_of
from recipes.selectors import draft_edit_at
from recipes.views.editor import Editor, address_url


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else changed since a person saw it. ``theirs`` is as it is written.

    ``gone`` says that the field's thing was removed, moved or renamed: nothing can be put there.
    """

    path: str
    field: str
    thing: str
    url: str
    by: str
    when: datetime
    theirs: str
    theirs_shown: str
    mine: str
    mine_shown: str
    gone: bool = False


def conflict_of(editor: Editor, address: Address, *, widget: str, mine: str) -> Conflict:
    """Return what a person is told whose value was not put: in words, with both values."""
    data, thing = editor.row.content, outlined(address)
    try:
        theirs, gone = _written(held(data, address), widget), False
    except Overtaken:
        theirs, gone = "", True
    edit = draft_edit_at(editor.row, address)
    return Conflict(
        path=path_of(address), field=field_words(address[len(thing):]),
        thing=thing_words(data, thing), url=address_url(editor.row.id, thing),
        by=edit.by, when=edit.when, theirs=theirs, theirs_shown=_shown(editor, address, theirs),
        mine=mine, mine_shown=_shown(editor, address, mine), gone=gone,
    )  # fmt: skip


def _written(value: Plain, widget: str) -> str:
    """Return a value as its field shows it."""
    if isinstance(value, list) and widget == Widget.NAMES:
        return ", ".join(str(one) for one in value)
    if isinstance(value, (dict, list)):
        return yaml_of(value)
    return value if isinstance(value, str) else ""


def _shown(editor: Editor, address: Address, text: str) -> str:
    """Return a value in words: a choice by what it is called, an empty one as such."""
    options = _options(editor, path_of(address))
    return dict(options).get(text, text) or _("nothing")


def _options(editor: Editor, path: str) -> tuple[tuple[str, str], ...]:
    waiting = list(editor.form())
    while waiting:
        field = waiting.pop()
        if field.path == path:
            return field.options
        waiting += field.parts
    return ()
