"""Text of a recipe to its document: YAML or JSON, each message with its line and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from recipes import nodes
from recipes.document import Recipe
from recipes.messages import Message, RecipeNotReadable
from recipes.opening import refuse
from recipes.parts import CODE, KEY, Part

MOST_STEPS = 5_000
# The letters of all conditions and formulas together: to check one comparison takes some 50 µs, and
# a recipe of 5,000 steps is checked within two seconds.
MOST_LETTERS = 150_000
FORMULAS = ("when", "until", "formula")
Typed = TypeVar("Typed", bound=Part)


@dataclass(frozen=True, slots=True)
class Read:
    """A recipe, and where in its text each part of it stands."""

    recipe: Recipe
    nodes: nodes.Nodes


def read(source: bytes | str) -> Recipe:
    """Read a recipe; raises RecipeNotReadable with all that is wrong with it."""
    return read_with_lines(source).recipe


def read_with_lines(source: bytes | str) -> Read:
    """Read a recipe and keep the lines, for the compiler's messages."""
    return read_nodes(nodes.read(source))


def read_nodes(found: nodes.Nodes) -> Read:
    """Read a recipe from plain data. Raises RecipeNotReadable."""
    if not isinstance(found.data, dict):
        refuse("document.no_fields", _("A recipe begins with its fields."), mark=(1, 1))
    _check_size(found)
    return Read(typed(found, Recipe), found)


def written(source: bytes | str) -> nodes.Nodes:
    """Read a text that is kept as data, a recipe or not yet one. Raises RecipeNotReadable.

    Data have no field without a value. So a name behind which nothing is written is refused: it
    may be the rest of a text in which a comma stands (``{en: Clear the bench, and wipe it}``).
    """
    found = nodes.read(source)
    if found.unsaid:
        raise RecipeNotReadable(
            [_unsaid(path, found) for path in found.unsaid[: nodes.MOST_MESSAGES]]
        )
    return found


def _unsaid(path: nodes.Path, found: nodes.Nodes) -> Message:
    sentence = _("Nothing is written behind “%(name)s”: leave it out; a text with a comma or a "
                 "colon in it stands in quotes.")  # fmt: skip
    line, column = found.mark(path)
    return Message(
        code="text.unsaid", path=place(path, found.data), line=line, column=column, at=path,
        sentence=sentence % {"name": str(path[-1])[:60]},
    )  # fmt: skip


def typed(found: nodes.Nodes, kind: type[Typed]) -> Typed:
    """Read plain data as a part of a recipe, or of a site. Raises RecipeNotReadable."""
    try:
        return kind.model_validate(found.data)
    except ValidationError as error:
        details = _own_faults(error.errors(include_url=False))[: nodes.MOST_MESSAGES]
        raise RecipeNotReadable([_message(detail, found) for detail in details]) from error


def faults_of(recipe: Recipe) -> tuple[Message, ...]:
    """Return what is wrong today with a document that was stored under earlier rules."""
    try:
        typed(nodes.Nodes(recipe.dump()), Recipe)
    except RecipeNotReadable as refusal:
        return refusal.messages
    return ()


def _own_faults(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out that a list is too short when it is only so because its parts are wrong."""
    inside = {detail["loc"][:end] for detail in details for end in range(len(detail["loc"]))}
    return [d for d in details if d["type"] != "too_short" or d["loc"] not in inside]


def _check_size(found: nodes.Nodes) -> None:
    stages = _list(found.data, "stages")
    operations = [one for stage in stages for one in _list(stage, "operations")]
    operations += _list(found.data, "contingencies")
    steps = [step for operation in operations for step in _list(operation, "steps")]
    if len(steps) > MOST_STEPS:
        sentence = _("A recipe has at most %(most)s steps.") % {"most": MOST_STEPS}
        refuse("document.too_many_steps", sentence, mark=(1, 1))
    if sum(_letters(one) for one in (*stages, *operations, *steps)) > MOST_LETTERS:
        sentence = _("The conditions and formulas of a recipe have at most %(most)s letters "
                     "together: work out in a step of its own what many of them ask, and name "
                     "its result.") % {"most": MOST_LETTERS}  # fmt: skip
        refuse("document.formulas_too_long", sentence, mark=(1, 1))


def _letters(thing: Any) -> int:
    """Return how long the conditions and the formula of a step, operation or stage are."""
    if not isinstance(thing, dict):
        return 0
    texts = [thing.get(name) for name in FORMULAS]
    repeat = thing.get("repeat")
    texts.append(repeat.get("until") if isinstance(repeat, dict) else None)
    return sum(len(text) for text in texts if isinstance(text, str))


def _list(data: Any, name: str) -> list[Any]:
    inside = data.get(name) if isinstance(data, dict) else None
    return inside if isinstance(inside, list) else []


def _message(detail: ErrorDetails, found: nodes.Nodes) -> Message:
    missing = detail["type"] == "missing"
    inside = getattr(detail.get("ctx", {}).get("error"), "at", ())
    path = _given_path((*detail["loc"], *inside), found.data, missing=missing or bool(inside))
    if detail["type"] == "union_tag_invalid":
        path = (*path, "kind")
    where = path[:-1] if missing else path
    line, column = found.mark(where)
    return Message(
        code=f"document.{detail['type']}",
        path=place(path, found.data),
        sentence=_sentence(detail, _called(path)),
        line=line,
        column=column,
        at=path,
    )


def _called(path: nodes.Path) -> str:
    """Return what a sentence calls a field; one of a list is called by its number: ``days 1``."""
    names = [part + 1 if isinstance(part, int) else part for part in path]
    last = next((n for n, part in enumerate(reversed(names), 1) if isinstance(part, str)), 1)
    return " ".join(str(part) for part in names[-last:])


def _given_path(loc: tuple[int | str, ...], data: Any, *, missing: bool) -> nodes.Path:
    """Leave out of pydantic's location what is not in the text: kinds and union members.

    With ``missing`` the last part is the name of a field that is asked for.
    """
    path: list[int | str] = []
    for number, part in enumerate(loc):
        last = missing and number == len(loc) - 1
        if isinstance(data, dict) and (part in data or last) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        elif isinstance(data, list) and part in nodes.PAIR:
            data = None
        else:
            continue
        path.append(part)
    return tuple(path)


def place(path: nodes.Path, data: Any) -> str:
    """Return a path for people: the key of a thing in a list instead of its number."""
    names: list[str] = []
    for part in path:
        data = _inside(data, part)
        if isinstance(part, str):
            names.append(part)
        else:
            names.append(_name_of(data) or str(part + 1))
    hidden = {"stages", "operations", "steps"}
    return "/".join(name for name in names if name not in hidden) or "/".join(names)


def _inside(data: Any, part: int | str) -> Any:
    if isinstance(data, dict):
        return data.get(str(part))
    return data[part] if isinstance(data, list) and isinstance(part, int) else None


def _name_of(data: Any) -> str | None:
    if not isinstance(data, dict):
        return None
    named = (data.get(field) for field in ("key", "name", "material", "as", "class"))
    return next((name for name in named if isinstance(name, str)), None)


def _sentence(detail: ErrorDetails, field: str) -> str:
    say = SENTENCES.get(detail["type"])
    if say is not None:
        return say(field, detail.get("ctx", {}))
    return _("%(field)s: %(problem)s") % {"field": field, "problem": detail["msg"]}


def _value_error(field: str, context: Mapping[str, Any]) -> str:
    return _("%(field)s: %(problem)s.") % {
        "field": field,
        "problem": str(context.get("error", "")).rstrip("."),
    }


def _pattern(field: str, context: Mapping[str, Any]) -> str:
    pattern = context.get("pattern", "")
    words = {"field": field, "pattern": pattern}
    if pattern == KEY:
        return _("%(field)s is written with small letters, digits and single hyphens, a letter "
                 "first.") % words  # fmt: skip
    if pattern == CODE:
        return _("%(field)s is written with capital letters, digits, points and hyphens.") % words
    return _("%(field)s is not written as such a name is: %(pattern)s.") % words


def _kind(field: str, context: Mapping[str, Any]) -> str:
    return _("There is no step kind %(kind)s; there are %(known)s.") % {
        "kind": context.get("tag", ""),
        "known": str(context.get("expected_tags", "")).replace("'", ""),
    }


def _one_of(field: str, context: Mapping[str, Any]) -> str:
    return _("%(field)s must be one of %(known)s.") % {
        "field": field,
        "known": str(context.get("expected", "")).replace("'", ""),
    }


SENTENCES: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "missing": lambda field, _c: _("The field %(field)s is missing here.") % {"field": field},
    "extra_forbidden": lambda field, _c: _("There is no field %(field)s here.")
    % {"field": field},
    "union_tag_invalid": _kind,
    "union_tag_not_found": lambda _f, _c: _("A step needs its kind."),
    "value_error": _value_error,
    "string_pattern_mismatch": _pattern,
    "literal_error": _one_of,
    "enum": _one_of,
    "too_short": lambda field, c: _("%(field)s needs at least %(least)s.")
    % {"field": field, "least": c.get("min_length", 1)},
    "too_long": lambda field, c: _("%(field)s has at most %(most)s.")
    % {"field": field, "most": c.get("max_length", "")},
    "string_too_short": lambda field, _c: _("%(field)s is empty: something must stand there.")
    % {"field": field},
    "string_too_long": lambda field, c: _("%(field)s has at most %(most)s letters.")
    % {"field": field, "most": c.get("max_length", "")},
    "string_unicode": lambda field, _c: _("%(field)s has a letter that is none: write it anew.")
    % {"field": field},
    "greater_than_equal": lambda field, c: _("%(field)s is at least %(least)s.")
    % {"field": field, "least": c.get("ge", "")},
    "less_than_equal": lambda field, c: _("%(field)s is at most %(most)s.")
    % {"field": field, "most": c.get("le", "")},
    "string_type": lambda field, _c: _("%(field)s must be text.") % {"field": field},
    "tuple_type": lambda field, _c: _("%(field)s must be a list.") % {"field": field},
    "dict_type": lambda field, _c: _("%(field)s must have a text for each language.")
    % {"field": field},
    "model_type": lambda field, _c: _("%(field)s must have fields of its own.")
    % {"field": field},
    "model_attributes_type": lambda field, _c: _("%(field)s must have fields of its own.")
    % {"field": field},
}  # fmt: skip
