"""What the editor of a draft shows: outline, form, compiler, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recipes import compiler, nodes, selectors
from recipes.document import Recipe
from recipes.drafting.changes import Address, Overtaken, Plain, at, name_of
from recipes.drafting.fields import Field, address_of, form_of, languages, path_of
from recipes.drafting.labels import LABELS, kind_label, label_of
from recipes.drafting.offered import offered
from recipes.drafting.places import outlined, title_of
from recipes.enums import DraftState
from recipes.here import described
from recipes.messages import Message, Weight
from recipes.models import RecipeDraft
from recipes.pins import codes_in, with_library
from recipes.site import Site
from recipes.views.figures import one_batch
from recipes.views.way import summary_words
from records.commands import Actor

Checked = tuple[Recipe | None, tuple[Message, ...]]
MOST_OF_SITE = 50


@lru_cache(maxsize=32)
def _checked(draft: UUID, _seq: int, _language: str, site: str) -> Checked:
    row = selectors.draft_of(draft)
    here = Site.model_validate_json(site) if site else None
    return compiler.check_nodes(nodes.Nodes(row.content), here)


@lru_cache(maxsize=32)
def _one_batch(draft: UUID, seq: int, language: str, site: str) -> str:
    recipe, messages = _checked(draft, seq, language, site)
    own = [one for one in messages if not compiler.of_the_site(one)]
    return one_batch(recipe) if recipe and not compiler.errors(own) else ""


@dataclass(frozen=True)
class Editor:
    """A draft as one person looks at it, at one place in it."""

    row: RecipeDraft
    address: Address
    actor: Actor

    @cached_property
    def site(self) -> Site | None:
        """The site of the person who looks, described from its rows."""
        return described(self.actor.site)

    @cached_property
    def _state(self) -> tuple[UUID, int, str, str]:
        """By what is kept what was found: draft and its state, language, and what the site has.

        The library of whoever reads is asked for what the draft pins.
        """
        known = with_library(codes_in(self.row.content), self.site)
        here = known.model_dump_json() if known else ""
        return self.row.id, self.row.entry_seq, get_language() or "en", here

    @cached_property
    def checked(self) -> Checked:
        """The recipe, if it is one, and all that reader and compiler say of it, at this site."""
        return _checked(*self._state)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What reader and compiler say of the document."""
        return tuple(one for one in self.checked[1] if not compiler.of_the_site(one))

    @property
    def not_here(self) -> tuple[Message, ...]:
        """What the site has not: whoever writes should know, whoever approves has to say why."""
        return tuple(filter(compiler.of_the_site, self.checked[1]))

    def context(self, **more: Any) -> dict[str, Any]:
        """Return the whole page's context."""
        signs = _signs(self.messages, self.row.content)
        stack = self.row.stacks.get(str(self.actor.person), {"undo": [], "redo": []})
        return {
            "draft": self.row,
            "open": self.row.state == DraftState.OPEN,
            "seq": self.row.entry_seq,
            "at": path_of(self.address),
            "outline": Outline(self.row, self.address, signs).rows(),
            "counts": _counts(self.row.content),
            "thing": self._thing(),
            "form": self.form(),
            "messages_found": [_row(self, message) for message in self.messages[:200]],
            "site_found": [
                {**_row(self, message), "sign": "warning", "word": _("Not here")}
                for message in self.not_here[:MOST_OF_SITE]
            ],
            "summary": summary_words(self.messages),
            "one_batch": _one_batch(*self._state),
            "errors": sum(1 for m in self.messages if m.severity == Weight.ERROR),
            "may_undo": bool(stack["undo"]),
            "may_redo": bool(stack["redo"]),
            "readable": self.checked[0] is not None,
            "gaps": selectors.gaps_of(self.row.id),
            "unspoken": _unspoken(self.row.content) if not self.address else [],
            "known": offered(self.row.content, self.site),
            **more,
        }

    def inside(self) -> list[dict[str, Any]]:
        """Return the outline's rows one level inside what is looked at, all folded."""
        try:
            thing = at(self.row.content, self.address)
        except Overtaken:
            return []
        outline = Outline(self.row, (), _signs(self.messages, self.row.content))
        return outline.inside(self.address, thing)

    def form(self) -> tuple[Field, ...]:
        """Return the form of the thing that is looked at; none when it is gone."""
        errors = {
            path_of(_named(self.row.content, message.at)): _sentence(message)
            for message in reversed(self.messages)
        }
        try:
            return form_of(self.row.content, self.address, errors=errors)
        except Overtaken:
            return ()

    def _thing(self) -> dict[str, Any]:
        names = [name for name in self.address if name not in HIDDEN]
        try:
            thing = at(self.row.content, self.address)
        except Overtaken:
            return {"gone": True, "title": names[-1] if names else "", "crumbs": names[:-1]}
        kind = thing.get("kind") if isinstance(thing, dict) else None
        return {
            "title": title_of(thing) or (names[-1] if names else self.row.code),
            "crumbs": names[:-1],
            "kind": kind_label(kind) if isinstance(kind, str) else "",
            "key": names[-1] if names else "",
            "step": self.address[-2:-1] == ("steps",),
            "parts": _parts_of(self.address),
            "structural": bool(self.address) and self.address[-2] in STRUCTURAL,
        }


def _unspoken(data: Plain) -> list[tuple[str, str]]:
    """Return the product's languages in which a recipe is not written, with their names."""
    return [(code, name) for code, name in settings.LANGUAGES if code not in languages(data)]


PARTS = ("operations", "steps")
HIDDEN = frozenset({"stages", "operations", "steps", "contingencies"})
STRUCTURAL = frozenset({"stages", "operations", "steps", "contingencies"})


def _parts_of(address: Address) -> str:
    """Return the list that a thing of the outline holds: where its next part would be added."""
    inner = {0: ("stages",), 2: ("operations",), 4: ("steps",)}
    if address[:1] == ("contingencies",):
        inner = {2: ("steps",)}
    found = inner.get(len(address))
    return path_of((*address, *found)) if found else ""


def _named(data: Plain, way: tuple[str | int, ...]) -> Address:
    """Return a way in the data as an address: names for numbers, where things have names."""
    found: list[str] = []
    for part in way:
        if isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            found.append(name_of(data) or f"#{part}")
        else:
            data = data.get(str(part)) if isinstance(data, dict) else None
            found.append(str(part))
    return tuple(found)


def _signs(messages: tuple[Message, ...], data: Plain) -> dict[Address, str]:
    """Return the worst sign of every thing that a message stands in."""
    signs: dict[Address, str] = {}
    for message in messages:
        sign = "stop" if message.severity == Weight.ERROR else "warning"
        address = _named(data, message.at)
        for end in range(len(address) + 1):
            if signs.get(address[:end]) != "stop":
                signs[address[:end]] = sign
    return signs


def _things(data: Plain, field: str) -> list[Plain]:
    found = data.get(field) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _counts(data: Plain) -> str:
    operations = [o for stage in _things(data, "stages") for o in _things(stage, "operations")]
    said = _("Stages: %(stages)s, operations: %(operations)s, steps: %(steps)s")
    return said % {
        "stages": len(_things(data, "stages")), "operations": len(operations),
        "steps": sum(len(_things(operation, "steps")) for operation in operations),
    }  # fmt: skip


@dataclass(frozen=True)
class Outline:
    """The tree on the left: only the way to the thing that is looked at lies open."""

    row: RecipeDraft
    address: Address
    signs: dict[Address, str]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows from top to bottom, each with its depth."""
        head = {**self._one((), self.row.content, 0), "title": _("The recipe as a whole")}
        rows = [head, *self._list(("stages",), self.row.content, 0)]
        called = self._list(("contingencies",), self.row.content, 0)
        return rows + ([{"heading": _("Contingencies")}, *called] if called else [])

    def inside(self, address: Address, thing: Plain) -> list[dict[str, Any]]:
        """Return the rows of what a thing holds, each folded."""
        lists = (self._list((*address, inner), thing, len(address) // 2) for inner in PARTS)
        return [row for rows in lists for row in rows]

    def _list(self, place: Address, owner: Plain, depth: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number, thing in enumerate(_things(owner, place[-1])):
            address = (*place, name_of(thing) or f"#{number}")
            rows.append(self._one(address, thing, depth))
            if self.address[: len(address)] == address:
                for inner in PARTS:
                    rows += self._list((*address, inner), thing, depth + 1)
        return rows

    def _one(self, address: Address, thing: Plain, depth: int) -> dict[str, Any]:
        kind = thing.get("kind") if isinstance(thing, dict) else None
        inner = [f for f in PARTS if address and _things(thing, f)]
        return {
            "at": path_of(address),
            "url": address_url(self.row.id, address),
            "title": title_of(thing),
            "kind": kind_label(kind) if isinstance(kind, str) else "",
            "depth": depth,
            "here": address == self.address,
            "opened": bool(address) and self.address[: len(address)] == address,
            "inner": bool(inner),
            "sign": self.signs.get(address, "") if address else "",
        }


def address_url(draft: UUID, address: Address) -> str:
    """Return the editor's address at a place in the draft."""
    page = reverse("recipes:draft", args=[draft])
    return f"{page}?{urlencode({'at': path_of(address)})}" if address else page


def _row(editor: Editor, message: Message) -> dict[str, Any]:
    address = _named(editor.row.content, message.at)
    thing = outlined(address)
    return {
        "sign": "stop" if message.severity == Weight.ERROR else "warning",
        "word": _("Error") if message.severity == Weight.ERROR else _("Warning"),
        "code": message.code,
        "sentence": _sentence(message),
        "place": " › ".join(name for name in thing if name not in HIDDEN) or editor.row.code,
        "url": address_url(editor.row.id, thing),
        "here": thing == editor.address,
    }


def _sentence(message: Message) -> str:
    """Return what is said where the form is: there a field is called by its label."""
    field = str(message.at[-1]) if message.at else ""
    if message.code == "document.missing" and field in LABELS:
        return _("“%(field)s” is still to be filled in.") % {"field": label_of(field)}
    return message.sentence


def place_asked(text: str) -> Address:
    """Return the place that an address in the page's query means; the whole if it is none."""
    address = address_of(text[:600])
    return address if address == outlined(address) else ()
