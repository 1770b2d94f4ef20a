"""YAML and JSON text to plain data with the line of everything: scalars stay text.

A YAML library would turn ``12:30`` into 750, ``no`` into False and ``1.10`` into 1.1. So only
the parser's events are used; nothing is typed, resolved or constructed. Aliases, anchors and
tags are refused at the event, before anything could grow. libyaml does the scanning (2 MB in
about a second; a parser in pure Python takes some ten).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from json import decoder
from typing import Any, NoReturn

import yaml
from django.utils.translation import gettext as _

from recipes.opening import Mark, is_xml, opened, refuse

DEEPEST = 30
MOST_MESSAGES = 50
# Nobody writes more; beyond it, what is wrong could be said more often than memory holds.
MOST_FIELDS = 100
MOST_ITEMS = 6_000
MOST_PARTS = 200_000
Path = tuple[str | int, ...]
# A pair of limits may be written as a list: [low, high].
PAIR: Mapping[str | int, int] = {"low": 0, "high": 1}
PLAIN_NOTHING = frozenset({"", "~", "null"})
JSON_SPACE = re.compile(r"[ \t\r\n]*")
JSON_WORD = re.compile(r"-?\d[\d.eE+-]{0,60}|true|false|null", re.ASCII)
SCAN_STRING: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Plain data (mappings, lists, text, None); line and column at which each path begins.

    ``unsaid`` are the fields behind whose name nothing at all is written.
    """

    data: Any
    marks: dict[Path, Mark] = field(default_factory=dict)
    unsaid: tuple[Path, ...] = ()

    def mark(self, path: Path) -> Mark | tuple[None, None]:
        """Return line and column (both from 1) of a path, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.marks:
                return self.marks[path[:end]]
            if (paired := _paired(path[:end])) in self.marks:
                return self.marks[paired]
        return None, None

    def stands(self, path: Path) -> bool:
        """Tell whether a path stands in the text itself, so that its mark is its own."""
        return path in self.marks or _paired(path) in self.marks


def _paired(path: Path) -> Path:
    """Return where a bound stands in limits that are written as a list."""
    return (*path[:-1], PAIR[path[-1]]) if path and path[-1] in PAIR else path


def read(source: bytes | str) -> Nodes:
    """Read YAML or JSON; raises RecipeNotReadable. JSON is what begins with a brace."""
    text = opened(source)
    if is_xml(text):
        refuse("text.xml", _("This is XML; YAML or JSON is read here."), mark=(1, 1))
    return _Json(text).read() if text.lstrip().startswith("{") else _Yaml(text).read()


def read_json(text: str) -> Nodes:
    """Read JSON out of a file whose size was looked at; raises RecipeNotReadable."""
    return _Json(text).read()


class _Yaml:
    """Builds nodes from the events of the YAML parser."""

    def __init__(self, text: str) -> None:
        self._marks: dict[Path, Mark] = {}
        self._unsaid: list[Path] = []
        self._events: Iterator[Any] = iter(())
        self._text = text

    def read(self) -> Nodes:
        self._events = yaml.parse(self._text, Loader=Loader)
        try:
            event = next(self._events)
            while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                event = next(self._events)
            if isinstance(event, yaml.StreamEndEvent):
                refuse("text.empty", _("The text is empty."), mark=(1, 1))
            data = self._node(event, ())
            self._end()
        except yaml.YAMLError as error:
            self._unreadable(error)
        return Nodes(data, self._marks, tuple(self._unsaid))

    def _end(self) -> None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                sentence = _("One document is asked for; a second begins here.")
                refuse("text.second_document", sentence, mark=_mark_of(event))

    def _unreadable(self, error: yaml.YAMLError) -> None:
        at: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        mark = int(getattr(at, "line", 0)) + 1, int(getattr(at, "column", 0)) + 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", "")
        refuse("text.not_yaml", _("This is not YAML: %(problem)s.") % {"problem": problem},
               mark=mark)  # fmt: skip

    def _node(self, event: Any, path: Path) -> Any:
        mark = _mark_of(event)
        _check_depth(path, mark)
        _check_plain(event, mark)
        self._marks.setdefault(path, mark)
        if isinstance(event, yaml.ScalarEvent):
            nothing = not event.style and event.value in PLAIN_NOTHING
            return None if nothing else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            _check_item(found, self._marks, _mark_of(event))
            found.append(self._node(event, (*path, len(found))))
        return found

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            mark = _mark_of(event)
            _check_plain(event, mark)
            if not isinstance(event, yaml.ScalarEvent):
                refuse("text.key", _("The name of a field must be plain text."), mark=mark)
            _check_field(event.value, found, mark)
            way = (*path, event.value)
            self._marks[way] = mark
            value = next(self._events)
            if isinstance(value, yaml.ScalarEvent) and not value.style and not value.value:
                self._unsaid.append(way)
            found[event.value] = self._node(value, way)
        return found


def _mark_of(event: Any) -> Mark:
    return int(event.start_mark.line) + 1, int(event.start_mark.column) + 1


def _check_depth(path: Path, mark: Mark) -> None:
    if len(path) >= DEEPEST:
        sentence = _("The text is nested deeper than %(most)s levels.") % {"most": DEEPEST}
        refuse("text.too_deep", sentence, mark=mark)


def _check_plain(event: Any, mark: Mark) -> None:
    if isinstance(event, yaml.AliasEvent):
        refuse("text.alias", _("A recipe has no aliases (*)."), mark=mark)
    if getattr(event, "anchor", None):
        refuse("text.anchor", _("A recipe has no anchors (&)."), mark=mark)
    if getattr(event, "tag", None):
        refuse("text.tag", _("A recipe has no tags (!)."), mark=mark)


def _check_field(key: str, found: dict[str, Any], mark: Mark) -> None:
    if key in found:
        sentence = _("The field %(key)s is written twice here.") % {"key": key[:60]}
        refuse("text.twice", sentence, mark=mark)
    if len(found) >= MOST_FIELDS:
        sentence = _("A part of a recipe has at most %(most)s fields.") % {"most": MOST_FIELDS}
        refuse("text.too_many_fields", sentence, mark=mark)


def _check_item(found: list[Any], marks: dict[Path, Mark], mark: Mark) -> None:
    if len(found) >= MOST_ITEMS or len(marks) >= MOST_PARTS:
        refuse("text.too_many_parts", _("The text has more parts than any recipe."), mark=mark)


class _Json:
    """A JSON reader that keeps lines and the digits of numbers as they are written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._marks: dict[Path, Mark] = {}
        self._breaks = [i for i, letter in enumerate(text) if letter == "\n"]

    def read(self) -> Nodes:
        data = self._value(())
        self._space()
        if self._at < len(self._text):
            self._wrong()
        return Nodes(data, self._marks)

    def _mark(self) -> Mark:
        before = bisect_right(self._breaks, self._at - 1)
        begins = self._breaks[before - 1] + 1 if before else 0
        return before + 1, self._at - begins + 1

    def _wrong(self) -> NoReturn:
        near = self._text[self._at : self._at + 10].split("\n")[0] or _("the end of the text")
        sentence = _("This is not JSON, near “%(near)s”.") % {"near": near}
        refuse("text.not_json", sentence, mark=self._mark())

    def _space(self) -> str:
        found = JSON_SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> None:
        if self._space() != sign:
            self._wrong()
        self._at += 1

    def _value(self, path: Path) -> Any:
        sign = self._space()
        mark = self._mark()
        _check_depth(path, mark)
        self._marks.setdefault(path, mark)
        if sign == "{":
            return self._object(path)
        if sign == "[":
            return self._array(path)
        return self._string() if sign == '"' else self._word()

    def _word(self) -> str | None:
        found = JSON_WORD.match(self._text, self._at)
        if found is None:
            self._wrong()
        self._at = found.end()
        return None if found[0] == "null" else found[0]

    def _string(self) -> str:
        try:
            text, self._at = SCAN_STRING(self._text, self._at + 1, True)
        except json.JSONDecodeError as error:
            self._at = error.pos
            self._wrong()
        return text

    def _array(self, path: Path) -> list[Any]:
        found: list[Any] = []
        self._take("[")
        while self._space() != "]":
            if found:
                self._take(",")
            _check_item(found, self._marks, self._mark())
            found.append(self._value((*path, len(found))))
        self._at += 1
        return found

    def _object(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self._take("{")
        while self._space() != "}":
            if found:
                self._take(",")
            if self._space() != '"':
                self._wrong()
            mark, key = self._mark(), self._string()
            _check_field(key, found, mark)
            self._marks[(*path, key)] = mark
            self._take(":")
            found[key] = self._value((*path, key))
        self._at += 1
        return found
