"""The form of one thing in a draft: its fields, as its schema declares them.

Nothing here knows a kind of step: a new kind or field has its form as soon as it is declared.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from recipes.document import Recipe
from recipes.drafting.changes import NAMING, Address, Overtaken, Plain, at, name_of
from recipes.drafting.labels import kind_label, label_of, option_label
from recipes.drafting.offered import list_of
from recipes.drafting.plain import yaml_of
from recipes.kinds import KINDS
from recipes.parts import Text, parse_flag
from recipes.step import StepBase

# Lists that the outline shows: they have places of their own.
STRUCTURE = frozenset({"stages", "operations", "steps"})
FIRST = ("key", "kind", "title", "text")
LAST = (
    "critical", "quality", "verify", "irreversible", "note", "reaction", "reasons", "when", "after",
    "repeat", "within", "starts", "role", "qualification", "offline", "absolute", "pictures",
    "takes", "likely",
)  # fmt: skip
Options = tuple[tuple[str, str], ...]


class Widget(StrEnum):
    """How a field is written."""

    LINE = "line"
    WORDS = "words"
    FLAG = "flag"
    CHOICE = "choice"
    NAMES = "names"
    TEXTS = "texts"
    GROUP = "group"
    ROWS = "rows"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: where it is, what it is called, how it is written, what it holds.

    A group has ``parts``; rows have one group for each thing. ``path`` is the address as text.
    """

    path: str
    label: str
    widget: Widget
    value: str = ""
    options: Options = ()
    parts: tuple[Field, ...] = ()
    needed: bool = False
    error: str = ""
    default: str = ""

    @property
    def id(self) -> str:
        """The field's id in the page."""
        return "f-" + "".join(letter if letter.isalnum() else "-" for letter in self.path)

    @property
    def names(self) -> bool:
        """Whether it names the thing that it belongs to: a new name is a new address."""
        owner, _, field = self.path.rpartition("/")
        return field in NAMING and bool(self.value) and owner.rpartition("/")[2] == self.value

    @property
    def known(self) -> str:
        """The list of what it can be answered with; empty where anything can be written."""
        return list_of(self.path)

    @property
    def filled(self) -> bool:
        """Whether it, or one of its parts, holds something."""
        return bool(self.value or self.error) or any(part.filled for part in self.parts)

    @property
    def short(self) -> bool:
        """Whether its parts are few short lines that stand side by side."""
        return 0 < len(self.parts) <= 4 and all(p.widget == Widget.LINE for p in self.parts)

    @property
    def template(self) -> str:
        """The template that draws it."""
        return f"recipes/editor/{self.widget}.html"


def path_of(address: Address) -> str:
    """Return an address as one text: no name has a stroke."""
    return "/".join(address)


def address_of(path: str) -> Address:
    """Return the address that a text says."""
    return tuple(part for part in path.split("/") if part)


def model_at(data: Plain, address: Address) -> type[BaseModel] | None:
    """Return the schema of the thing at an address, None where there is none. Raises Overtaken."""
    return _inside(Recipe, data, address)


def _inside(model: type[BaseModel], thing: Plain, address: Address) -> type[BaseModel] | None:
    if not address:
        return model
    first, rest = address[0], address[1:]
    info = _fields(model).get(first)
    declared: Any = _bare(info) if info else None
    inner = at(thing, (first,)) if isinstance(thing, dict) else None
    if get_origin(declared) is tuple:
        if not rest:
            return None
        one = item_at(inner, rest[0])
        item = item_model(declared, one)
        return _inside(item, one, rest[1:]) if item else None
    return _inside(declared, inner, rest) if _is_model(declared) else None


def item_at(things: Plain, part: str) -> Plain:
    """Return a thing of a list by its name, or as ``#n`` by its number. Raises Overtaken."""
    if part.startswith("#") and part[1:].isdecimal() and isinstance(things, list):
        number = int(part[1:])
        if number >= len(things):
            raise Overtaken((part,))
        return things[number]
    return at(things, (part,))


def list_at(data: Plain, address: Address) -> type[BaseModel] | None:
    """Return the schema of what a list's things are by default; None where there is no list."""
    owner = model_at(data, address[:-1]) if address else None
    info = _fields(owner).get(address[-1]) if owner else None
    declared = _bare(info) if info else None
    return item_model(declared, None) if get_origin(declared) is tuple else None


def item_model(declared: Any, thing: Plain) -> type[BaseModel] | None:
    """Return the schema of a thing in a list; that of a step depends on its kind."""
    bare = _strip(get_args(declared)[0])
    if _is_model(bare) and bare is not StepBase:
        found: type[BaseModel] = bare
        return found
    if get_origin(bare) is None and isinstance(bare, type) and not _is_model(bare):
        return None
    kind = thing.get("kind") if isinstance(thing, dict) else None
    return KINDS[kind].schema if isinstance(kind, str) and kind in KINDS else StepBase


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _strip(declared: Any) -> Any:
    """Leave out Annotated and None."""
    while get_origin(declared) is Annotated:
        declared = get_args(declared)[0]
    if get_origin(declared) in (Union, types.UnionType):
        rest = [one for one in get_args(declared) if one is not type(None)]
        if len(rest) == 1:
            return _strip(rest[0])
    return declared


def _bare(info: FieldInfo) -> Any:
    return _strip(info.annotation)


def _is_flag(info: FieldInfo) -> bool:
    """Whether a field is read by ``parse_flag``."""
    marks = (one for one in info.metadata if isinstance(one, BeforeValidator))
    return _bare(info) is bool or any(one.func is parse_flag for one in marks)


def form_of(data: Plain, address: Address, *, errors: dict[str, str]) -> tuple[Field, ...]:
    """Return the fields of the thing at an address; none for a list. Raises Overtaken.

    ``errors`` are sentences by the path of their field.
    """
    model = model_at(data, address)
    if model is None:
        return ()
    return tuple(_form(model, at(data, address), Drawing(address, languages(data), errors)))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where a form is drawn: its address, the recipe's languages, and what is wrong."""

    address: Address
    languages: tuple[str, ...]
    errors: dict[str, str]

    def into(self, name: str) -> Drawing:
        """Return the place one further."""
        return Drawing((*self.address, name), self.languages, self.errors)

    def of_all(self, things: Sequence[Plain]) -> Drawing:
        """Return the same place, where what is wrong with one of its names is said."""
        path = path_of(self.address)
        inside = (self.errors.get(f"{path}/#{number}") for number in range(len(things)))
        said = next((error for error in inside if error), None)
        return self if said is None else replace(self, errors={path: said, **self.errors})

    def field(self, label: str, widget: Widget, **more: Any) -> Field:
        """Return a field here."""
        path = path_of(self.address)
        return Field(path, label, widget, error=self.errors.get(path, ""), **more)


def languages(data: Plain) -> tuple[str, ...]:
    """Return the languages of a recipe, as its title has them; English if none."""
    title = data.get("title") if isinstance(data, dict) else None
    if not isinstance(title, dict) or not title:
        return ("en",)
    return tuple(sorted(title, key=lambda name: (name != "en", name)))


def _form(model: type[BaseModel], thing: Plain, here: Drawing) -> Iterator[Field]:
    fields = _fields(model)
    order = sorted(fields, key=_rank)
    called = {"contingencies"} if model is Recipe else set()
    for name in order:
        if name not in STRUCTURE | called:
            value = thing.get(name) if isinstance(thing, dict) else None
            yield _field(name, fields[name], value, here.into(name))


def _rank(name: str) -> int:
    """What names a thing comes first, what is its own next, what every step has last."""
    if name in FIRST:
        return FIRST.index(name)
    return len(FIRST) + (LAST.index(name) + 1 if name in LAST else 0)


def _field(name: str, info: FieldInfo, value: Plain, here: Drawing) -> Field:
    label, needed, declared = label_of(name), info.is_required(), _bare(info)
    if declared is Text:
        parts = tuple(_in_language(one, value, here) for one in _written(here, value))
        return here.field(label, Widget.TEXTS, parts=parts, needed=needed)
    if get_origin(declared) is tuple:
        return _list(label, declared, value, here)
    if _is_model(declared):
        parts = tuple(_form(declared, value, here))
        return here.field(label, Widget.GROUP, parts=parts, needed=needed)
    return _leaf(name, info, value, here)


def _leaf(name: str, info: FieldInfo, value: Plain, here: Drawing) -> Field:
    label, needed, said = label_of(name), info.is_required(), _text(value)
    if isinstance(value, (dict, list)):
        return here.field(label, Widget.YAML, value=yaml_of(value), needed=needed)
    if _is_flag(info):
        given = said or ("true" if info.default is True else "")
        on = "true" if info.default is True else ""
        return here.field(label, Widget.FLAG, value=given, default=on)
    options = _kinds() if name == "kind" else _options(_bare(info))
    widget = Widget.CHOICE if options else Widget.LINE
    return here.field(
        label, widget, value=said, options=options, needed=needed, default=_default(info)
    )


def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple((kind, kind_label(kind)) for kind in KINDS)


def _written(here: Drawing, value: Plain) -> tuple[str, ...]:
    own = tuple(value) if isinstance(value, dict) else ()
    return tuple(dict.fromkeys((*here.languages, *own)))


def _in_language(language: str, value: Plain, here: Drawing) -> Field:
    said = value.get(language) if isinstance(value, dict) else None
    return here.into(language).field(language, Widget.WORDS, value=_text(said))


def _list(label: str, declared: Any, value: Plain, here: Drawing) -> Field:
    things = value if isinstance(value, list) else []
    if item_model(declared, None) is None:
        said = ", ".join(_text(thing) for thing in things)
        return here.of_all(things).field(label, Widget.NAMES, value=said)
    groups = tuple(
        _one(label, declared, thing, number, here) for number, thing in enumerate(things)
    )
    return here.field(label, Widget.ROWS, parts=groups)


def _one(label: str, declared: Any, thing: Plain, number: int, here: Drawing) -> Field:
    name, model = name_of(thing), item_model(declared, thing)
    inside = here.into(name or f"#{number}")
    parts = tuple(_form(model, thing, inside)) if model else ()
    return inside.field(name or f"{label} {number + 1}", Widget.GROUP, parts=parts)


def _options(declared: Any) -> Options:
    if get_origin(declared) is Literal:
        return tuple(
            (str(one), str(getattr(one, "label", option_label(str(one)))))
            for one in get_args(declared)
        )
    if isinstance(declared, type) and hasattr(declared, "choices"):
        return tuple((str(value), str(label)) for value, label in declared.choices)
    return ()


def _default(info: FieldInfo) -> str:
    return "" if info.is_required() or info.default is None else str(info.default)


def _text(value: Plain) -> str:
    return value if isinstance(value, str) else ""


__all__ = ["Field", "Overtaken", "Widget", "address_of", "form_of", "model_at", "path_of"]
