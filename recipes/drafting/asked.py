"""From what somebody did in the form to changes of the draft. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count

from pydantic import BaseModel

from recipes import reader
from recipes.drafting.between import between
from recipes.drafting.changes import (
    NAMING,
    Address,
    Change,
    Insert,
    Move,
    Overtaken,
    Plain,
    Put,
    Remove,
    apply_all,
    at,
    before_of,
    name_of,
    names_of,
    putting,
)
from recipes.drafting.fields import STRUCTURE, Widget, item_at, languages, list_at
from recipes.drafting.plain import normal
from recipes.drafting.references import carried
from recipes.kinds import KINDS
from recipes.step import StepBase

# What stands where a text is to be written.
UNWRITTEN = "…"
# How a name is written where it names a thing.
NEW = {"material": "NEW-{}", "name": "new_{}"}


def value_of(text: str, widget: str) -> Plain:
    """Return what a field's text says; an empty one is a field that is not there.

    Raises RecipeNotReadable for a part written as YAML that is none.
    """
    if widget == Widget.NAMES:
        names: list[Plain] = [part.strip() for part in text.split(",") if part.strip()]
        return names or None
    if widget == Widget.YAML and text.strip():
        return normal(reader.written(text).data)
    text = text.replace("\r\n", "\n").strip()
    return text or None


def check_as_seen(
    data: Plain, address: Address, *, value: Plain, widget: str, seen: Sequence[str]
) -> None:
    """Raise Overtaken unless a field holds what somebody saw in it, or what they put there.

    ``seen`` has more than one text where the one before may have arrived or not. A flag has two
    values: who changes it wants the other one, whoever was first.
    """
    now = held(data, address)
    if widget == Widget.FLAG or now == value:
        return
    if now not in [value_of(text, widget) for text in seen]:
        raise Overtaken(address)


def held(data: Plain, address: Address) -> Plain:
    """Return what a field holds, None where it is not there. Raises Overtaken for a thing gone."""
    for part in address:
        if data is None:  # a group that is not filled yet
            return None
        data = data.get(part) if isinstance(data, dict) else _listed(data, part, address)
    return data


def _listed(things: Plain, part: str, address: Address) -> Plain:
    try:
        return item_at(things, part)
    except Overtaken as error:
        raise Overtaken(address) from error


def put(data: Plain, address: Address, value: Plain) -> tuple[Change, ...]:
    """Return the changes that give a field a value. Raises Overtaken."""
    unnamed = next((n for n, part in enumerate(address) if part.startswith("#")), None)
    if unnamed is not None:
        return _put_in_list(data, address[:unnamed], address[unnamed:], value)
    if address and address[-1] == "kind" and isinstance(value, str) and value in KINDS:
        return _of_kind(data, address[:-1], value)
    return putting(data, address, value)


def speak(data: Plain, language: str) -> tuple[Change, ...]:
    """Return the change by which a recipe is written in one more language: its title first.

    The compiler then asks for every other text in it, at its place.
    """
    if language in languages(data):
        return ()
    return putting(data, ("title", language), UNWRITTEN)


def _put_in_list(data: Plain, place: Address, rest: Address, value: Plain) -> tuple[Change, ...]:
    """Change a thing that has no name: the list is put anew, as a whole."""
    things = at(data, place)
    thing = item_at(things, rest[0])
    if not isinstance(things, list):
        raise Overtaken(place)
    changed = apply_all(thing, putting(thing, rest[1:], value))
    number = int(rest[0][1:])
    return putting(data, place, [*things[:number], changed, *things[number + 1 :]])


def _of_kind(data: Plain, address: Address, kind: str) -> tuple[Change, ...]:
    """Return the changes that make a step one of another kind; its name and what it knows stay."""
    step = at(data, address)
    if not isinstance(step, dict):
        raise Overtaken(address)
    known = {info.alias or name for name, info in KINDS[kind].schema.model_fields.items()}
    kept = {name: value for name, value in step.items() if name in known}
    named: tuple[Change, ...] = ()
    if name_of(kept) != address[-1]:  # what named it goes: without a name it would be lost
        named = putting(data, (*address, "key"), address[-1])
        step, kept = {**step, "key": address[-1]}, {**kept, "key": address[-1]}
    return (*named, *between(step, {**kept, "kind": kind}, address=address))


def add(data: Plain, place: Address, after: str | None = None) -> tuple[Change, ...]:
    """Return the change that adds a blank thing to a list, behind ``after`` or at its end."""
    things = at(data, place)
    model = list_at(data, place)
    if model is None or not (things is None or isinstance(things, list)):
        raise Overtaken(place)
    here: list[Plain] = things or []
    thing = _blank(model, here, languages(data))
    if not here or name_of(thing) is None or names_of(here) is None:
        return putting(data, place, [*here, thing])
    return (Insert(at=place, after=after or name_of(here[-1]), item=thing),)


def _blank(
    model: type[BaseModel], beside: list[Plain], spoken: tuple[str, ...]
) -> dict[str, Plain]:
    """Return a thing with a name that is free, and what it cannot be without as far as we know."""
    fields = {info.alias or name for name, info in model.model_fields.items()}
    naming = next((name for name in NAMING if name in fields), None)
    if model is StepBase:
        return {"key": _free("step-{}", beside), "kind": "confirm", "text": {spoken[0]: UNWRITTEN}}
    thing: dict[str, Plain] = {}
    if naming is not None:
        thing[naming] = _free(NEW.get(naming, "new-{}"), beside)
    if "operations" in fields:
        thing |= {"title": {spoken[0]: UNWRITTEN}, "operations": [_operation(spoken)],
                  "duration": {"low": "30 min", "expected": "1 h", "high": "2 h"}}  # fmt: skip
    elif "steps" in fields:
        thing |= {**_operation(spoken), "key": thing["key"]}
    return thing


def _operation(spoken: tuple[str, ...]) -> dict[str, Plain]:
    step = _blank(StepBase, [], spoken)
    return {
        "key": "operation",
        "title": {spoken[0]: UNWRITTEN},
        "openness": "closed",
        "steps": [step],
    }


def _free(pattern: str, beside: list[Plain]) -> str:
    taken = {name_of(thing) for thing in beside}
    return next(name for name in map(pattern.format, count(1)) if name not in taken)


def remove(data: Plain, address: Address) -> tuple[Change, ...]:
    """Return the change that takes a thing out of its list. Raises Overtaken."""
    place, part = address[:-1], address[-1]
    things = at(data, place)
    if not isinstance(things, list):
        raise Overtaken(address)
    thing = item_at(things, part)
    if part.startswith("#") or names_of(things) is None:
        rest = [one for one in things if one is not thing]
        return putting(data, place, rest or None)
    if len(things) == 1 and place[-1] not in STRUCTURE:
        return putting(data, place, None)
    item = thing if isinstance(thing, dict) else {}
    return (Remove(at=place, after=before_of(data, place, part), item=item),)


def move(data: Plain, address: Address, *, into: Address, after: str | None) -> tuple[Change, ...]:
    """Return the changes that put a thing behind ``after`` in the list ``into``, or as its first.

    In another list, what names it or is named by it is written anew, so that it goes on meaning
    the same. Raises Overtaken.
    """
    place, name = address[:-1], address[-1]
    was = before_of(data, place, name)
    if place[-1:] != into[-1:]:
        raise Overtaken(into)
    if place == into and after in {was, name}:
        return ()
    change = Move(at=place, name=name, was_after=was, into=into, after=after)
    begun = _list_there(data, into)
    here = apply_all(data, begun)
    changes: list[Change] = [*begun, change]
    if place != into or place[-1] != "steps":
        changes += _renamed(here, change)
    return tuple(changes)


def _renamed(data: Plain, move: Move) -> Iterator[Change]:
    """Yield the changes behind a move by which all names go on meaning the same.

    In what nothing names yet, nothing can be put: the compiler says what is wrong there.
    """
    moved = now = apply_all(data, [move])
    for where, text in carried(data, moved, move):
        with suppress(Overtaken):
            puts = put(now, where, text)
            now = apply_all(now, puts)
            yield from puts


def _list_there(data: Plain, place: Address) -> tuple[Change, ...]:
    """Return the change that makes an empty list where there is none yet."""
    return (Put(at=place, was=None, value=[]),) if at(data, place) is None else ()


def shift(data: Plain, address: Address, *, up: bool) -> tuple[Change, ...]:
    """Return the change that moves a thing by one; past the end of an operation, into the next."""
    place, name = address[:-1], address[-1]
    names = _names(data, place)
    number = names.index(name)
    if up and number:
        return move(data, address, into=place, after=names[number - 2] if number > 1 else None)
    if not up and number + 1 < len(names):
        return move(data, address, into=place, after=names[number + 1])
    lists = list(lists_like(data, place))
    there = lists.index(place) + (-1 if up else 1)
    if not 0 <= there < len(lists):
        return ()
    others = _names(data, lists[there])
    return move(data, address, into=lists[there], after=others[-1] if up and others else None)


def _names(data: Plain, place: Address) -> list[str]:
    things = at(data, place)
    found = names_of(things) if isinstance(things, list) else [] if things is None else None
    if found is None:
        raise Overtaken(place)
    return found


def lists_like(data: Plain, place: Address) -> Iterator[Address]:
    """Yield the lists of the same sort in the order of work: the steps of every operation.

    Those of contingencies come behind those of the stages.
    """
    if len(place) == 1:
        yield place
        return
    for stage in _names(data, ("stages",)):
        operations = ("stages", stage, "operations")
        if len(place) == 3:
            yield operations
            continue
        for operation in _names(data, operations):
            yield (*operations, operation, "steps")
    if place[-1] == "steps" and at(data, ("contingencies",)) is not None:
        for operation in _names(data, ("contingencies",)):
            yield ("contingencies", operation, "steps")
