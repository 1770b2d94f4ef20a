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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import decoder
from typing import Any

import yaml
from django.utils.translation import gettext as _

from recipes.messages import Message, RecipeNotReadable

MOST_BYTES = 2_000_000
DEEPEST = 30
MOST_MESSAGES = 50
Path = tuple[str | int, ...]
PLAIN_NOTHING = frozenset({"", "~", "null"})
JSON_SPACE = re.compile(r"[ \t\r\n]*")
JSON_WORD = re.compile(r"-?\d[\d.eE+-]{0,60}|true|false|null", re.ASCII)
SCAN_STRING: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Plain data (mappings, lists, text, None) and the line on which each path begins."""

    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int | None:
        """Return the line of a path, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def refuse(code: str, sentence: str, *, line: int | None = None, path: str = "") -> Any:
    """Raise RecipeNotReadable with one message."""
    raise RecipeNotReadable([Message(code=code, path=path, sentence=sentence, line=line)])


def read(source: bytes | str) -> Nodes:
    """Read YAML or JSON; raises RecipeNotReadable. JSON is what begins with a brace."""
    text = _decoded(source)
    return _Json(text).read() if text.lstrip().startswith("{") else _Yaml(text).read()


def _decoded(source: bytes | str) -> str:
    size = len(source.encode("utf-8", "replace") if isinstance(source, str) else source)
    if size > MOST_BYTES:
        refuse("text.too_large", _("A recipe is at most 2 MB of text."))
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        return str(refuse("text.not_utf8", _("The text is not UTF-8."), line=line))


class _Yaml:
    """Builds nodes from the events of the YAML parser."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._events: Iterator[Any] = iter(())
        self._text = text

    def read(self) -> Nodes:
        self._events = yaml.parse(self._text, Loader=Loader)
        try:
            event = next(self._events)
            while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                event = next(self._events)
            if isinstance(event, yaml.StreamEndEvent):
                refuse("text.empty", _("The text is empty."), line=1)
            data = self._node(event, ())
            self._end()
        except yaml.YAMLError as error:
            self._unreadable(error)
        return Nodes(data, self._lines)

    def _end(self) -> None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                sentence = _("One document is asked for; a second begins here.")
                refuse("text.second_document", sentence, line=_line_of(event))

    def _unreadable(self, error: yaml.YAMLError) -> None:
        mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = int(getattr(mark, "line", 0)) + 1
        problem = getattr(error, "problem", None) or getattr(error, "reason", "")
        refuse("text.not_yaml", _("This is not YAML: %(problem)s.") % {"problem": problem},
               line=line)  # fmt: skip

    def _node(self, event: Any, path: Path) -> Any:
        line = _line_of(event)
        _check_depth(path, line)
        _check_plain(event, line)
        self._lines.setdefault(path, line)
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
            found.append(self._node(event, (*path, len(found))))
        return found

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line_of(event)
            _check_plain(event, line)
            if not isinstance(event, yaml.ScalarEvent):
                refuse("text.key", _("The name of a field must be plain text."), line=line)
            _check_twice(event.value, found, line)
            self._lines[(*path, event.value)] = line
            found[event.value] = self._node(next(self._events), (*path, event.value))
        return found


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _check_depth(path: Path, line: int) -> None:
    if len(path) >= DEEPEST:
        sentence = _("The text is nested deeper than %(most)s levels.") % {"most": DEEPEST}
        refuse("text.too_deep", sentence, line=line)


def _check_plain(event: Any, line: int) -> None:
    if isinstance(event, yaml.AliasEvent):
        refuse("text.alias", _("A recipe has no aliases (*)."), line=line)
    if getattr(event, "anchor", None):
        refuse("text.anchor", _("A recipe has no anchors (&)."), line=line)
    if getattr(event, "tag", None):
        refuse("text.tag", _("A recipe has no tags (!)."), line=line)


def _check_twice(key: str, found: dict[str, Any], line: int) -> None:
    if key in found:
        sentence = _("The field %(key)s is written twice here.") % {"key": key[:60]}
        refuse("text.twice", sentence, line=line)


class _Json:
    """A JSON reader that keeps lines and the digits of numbers as they are written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Path, int] = {}
        self._breaks = [i for i, letter in enumerate(text) if letter == "\n"]

    def read(self) -> Nodes:
        data = self._value(())
        self._space()
        if self._at < len(self._text):
            self._wrong()
        return Nodes(data, self._lines)

    def _line(self) -> int:
        return bisect_right(self._breaks, self._at - 1) + 1

    def _wrong(self) -> Any:
        near = self._text[self._at : self._at + 10].split("\n")[0] or _("the end of the text")
        sentence = _("This is not JSON, near “%(near)s”.") % {"near": near}
        return refuse("text.not_json", sentence, line=self._line())

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
        _check_depth(path, self._line())
        self._lines.setdefault(path, self._line())
        if sign == "{":
            return self._object(path)
        if sign == "[":
            return self._array(path)
        return self._string() if sign == '"' else self._word()

    def _word(self) -> str | None:
        found = JSON_WORD.match(self._text, self._at)
        if found is None:
            return str(self._wrong())
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
            line, key = self._line(), self._string()
            _check_twice(key, found, line)
            self._lines[(*path, key)] = line
            self._take(":")
            found[key] = self._value((*path, key))
        self._at += 1
        return found
