"""Before and after in words: field by field, as people see the values elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mes.ui import text
from records import column_words
from records.catalogue import CatalogueChanged
from records.changes import BROKEN, Change, Changes, changes
from records.models import Entry, Stream
from records.things import SAYS, TITLES, named

MOST_ROWS: Final = 12
NOTHING: Final = "–"
LABELS: Final = ("label", "number", "code", "path", "pseudonym", "printed_name", "name", "test",
                 "resource_label", "key")  # fmt: skip
LONGEST: Final = 400
# Columns that hold a ref of a recipe's part.
PLACES: Final = frozenset(
    {"called_from", "changed", "operation", "part", "path", "step", "waits_for"}
)
# An instant as JSON keeps it.
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass(frozen=True, slots=True)
class Line:
    """One field: its name, what it was and what it is."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Block:
    """What was changed of one row; ``made``: there was no such row before."""

    title: str
    made: bool
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Shown:
    """Before and after of one entry. ``more`` rows are not shown; ``problem`` says why none is."""

    blocks: list[Block]
    more: int = 0
    problem: str = ""


def of_entries(
    entries: Iterable[Entry], *, stream: UUID, site: UUID | None, person: UUID | None
) -> dict[int, Shown]:
    """Return before and after of some entries of one stream, by number."""
    some = list(entries)
    if not some:
        return {}
    numbers = [entry.seq for entry in some]
    found = changes(stream, since=min(numbers), upto=max(numbers), site=site, person=person)
    names = _names(found)
    return {entry.seq: _of(entry, found, names) for entry in some}


def _of(entry: Entry, found: Changes, names: Mapping[UUID, str]) -> Shown:
    if entry.kind == CatalogueChanged.kind:
        return Shown(_stated(entry.envelope["payload"]))
    if found.problem:
        return Shown([], problem=_problem(found.problem))
    return _shown(found.of.get(entry.seq, []), names)


def _problem(problem: str) -> str:
    if problem == BROKEN:
        return _("The rows cannot be made from these entries: verification names what is wrong.")
    return _("There are too many entries before this one to make its rows here.")


def _stated(payload: Mapping[str, Any]) -> list[Block]:
    """A catalogue's entry says itself what was before."""
    model, before, after = apps.get_model(payload["model"]), payload["before"], payload["after"]
    differing = [name for name, value in after.items() if before.get(name) != value]
    lines = [_line(model, name, before.get(name), after[name], {}) for name in differing]
    return [Block(_title(model, after), not before, lines)] if lines else []


def _line(
    model: type[Model], name: str, before: Any, after: Any, names: Mapping[UUID, str]
) -> Line:
    shown = (_value(model, name, value, names) for value in (before, after))
    return Line(_name(model, name), *shown)


def _shown(found: list[Change], names: Mapping[UUID, str]) -> Shown:
    blocks = [_block(change, names) for change in found[:MOST_ROWS]]
    return Shown([one for one in blocks if one.lines], more=max(0, len(found) - MOST_ROWS))


def _block(change: Change, names: Mapping[UUID, str]) -> Block:
    before = change.before or {}
    lines = [
        _line(change.model, name, before.get(name), value, names)
        for name, value in change.after.items()
    ]
    said = [line for line in lines if (line.before, line.after) != (NOTHING, NOTHING)]
    return Block(_title(change.model, change.row), change.before is None, said)


def _title(model: type[Model], row: Mapping[str, Any]) -> str:
    said = TITLES.get(model)
    label = said(row) if said else _label(row)
    return f"{capfirst(column_words.row(str(model._meta.verbose_name)))} {label}".strip()


def _label(row: Mapping[str, Any]) -> str:
    name = next((name for name in LABELS if row.get(name) not in (None, "")), None)
    if name is None:
        return ""
    return text.part_text(str(row[name])) if name in PLACES else str(row[name])


def _name(model: type[Model], name: str) -> str:
    try:
        field: Any = model._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist:
        return name
    return capfirst(column_words.column(str(field.verbose_name)))


def _value(model: type[Model], name: str, value: Any, names: Mapping[UUID, str]) -> str:
    if value is None or value in ("", [], {}, ()):
        return NOTHING
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return _plain(value, names)
    says = SAYS.get((model, name))
    if says is not None:
        return _between(value).join(map(says, value)) if isinstance(value, list) else says(value)
    if name in PLACES and isinstance(value, str):
        return text.part_text(value)
    choices = dict(getattr(field, "flatchoices", ()))
    named = isinstance(value, str | int) and value in choices
    return str(choices[value]) if named else _plain(value, names)


def _plain(value: Any, names: Mapping[UUID, str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return text.moment_text(value)
    if isinstance(value, date):
        return text.date_text(value)
    if isinstance(value, UUID):
        return names.get(value, str(value))
    if isinstance(value, Decimal):
        return text.number_text(_without_empty(value))
    return _composed(value, names)[:LONGEST]


def _without_empty(number: Decimal) -> str:
    """A column of six decimals says 2.590000 of what was 2.59."""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def _composed(value: Any, names: Mapping[UUID, str]) -> str:
    if isinstance(value, Range):
        return f"{_plain(value.lower, names)} – {_plain(value.upper, names)}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(one, names)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return _between(value).join(_plain(one, names) for one in value)
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return text.moment_text(datetime.fromisoformat(value))
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def _between(parts: Sequence[Any]) -> str:
    return "; " if any(isinstance(one, Mapping) for one in parts) else ", "


def _names(found: Changes) -> dict[UUID, str]:
    """Return the names of all things that the changed rows point to: few queries for all."""
    wanted = {value for some in found.of.values() for one in some for value in _ids(one)}
    kinds = Stream.objects.seen().filter(id__in=wanted).values_list("id", "kind")
    return {stream: str(name) for stream, name in named(kinds).items()}


def _ids(change: Change) -> Iterator[UUID]:
    for row in (change.before or {}, change.after):
        yield from (value for value in row.values() if isinstance(value, UUID))
