"""Changes to a draft: addressed by names, each knowing what it replaces, each with its inverse.

A draft is plain data (mappings, lists, text), because what is being written is not a recipe
yet. An address names things as people do – ``("stages", "seed", "operations", "count")`` – so
that it still means the same step after somebody else put one before it. A change says what it
found; it is refused when that is no longer so. Nothing is overwritten silently.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from records.entries import Value

# The fields that name a thing in a list, the first that a thing has.
NAMING = ("key", "name", "material", "as", "class")
Address = tuple[str, ...]
Plain = JsonValue
Names = list[str]


class Overtaken(Exception):
    """What a change wants to replace is not there (any more)."""

    def __init__(self, address: Address) -> None:
        self.address = address
        super().__init__("/".join(address))


class Twice(Exception):
    """Two things in one list would have the same name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class Put(Value):
    """A field takes another value; None is a field that is not there.

    ``renamed`` is the new name of the thing whose field it is, where it names the thing.
    """

    op: Literal["put"] = "put"
    at: Address
    was: Plain = None
    value: Plain = None
    renamed: str | None = None


class Insert(Value):
    """A named thing comes into a list, behind ``after`` or as its first."""

    op: Literal["insert"] = "insert"
    at: Address
    after: str | None = None
    item: dict[str, Plain]


class Remove(Value):
    """A named thing leaves its list; ``item`` is all of it, for the way back."""

    op: Literal["remove"] = "remove"
    at: Address
    after: str | None = None
    item: dict[str, Plain]


class Move(Value):
    """A named thing goes to another place, in its list or in another of the same sort."""

    op: Literal["move"] = "move"
    at: Address
    name: str
    was_after: str | None = None
    into: Address
    after: str | None = None


Change = Annotated[Put | Insert | Remove | Move, Field(discriminator="op")]


def name_of(thing: Plain) -> str | None:
    """Return the name of a thing in a list, or None."""
    if not isinstance(thing, dict):
        return None
    field = naming_field(thing)
    return str(thing[field]) if field else None


def naming_field(thing: dict[str, Plain]) -> str | None:
    """Return the field that names a thing, or None."""
    return next((field for field in NAMING if thing.get(field) and _is_text(thing[field])), None)


def _is_text(value: Plain) -> bool:
    return isinstance(value, str)


def names_of(things: Sequence[Plain]) -> Names | None:
    """Return the names of a list's things, or None when they cannot be told apart by name."""
    names = [name for name in map(name_of, things) if name is not None]
    return names if len(names) == len(things) == len(set(names)) else None


def at(data: Plain, address: Address) -> Plain:
    """Return what stands at an address, None for a field that is not there. Raises Overtaken."""
    for number, part in enumerate(address):
        last = number == len(address) - 1
        if isinstance(data, dict) and (part in data or last):
            data = data.get(part)
        elif isinstance(data, list):
            data = data[_number(data, part, address)]
        else:
            raise Overtaken(address)
    return data


def _number(things: list[Plain], name: str, address: Address) -> int:
    found = [number for number, thing in enumerate(things) if name_of(thing) == name]
    if len(found) != 1:
        raise Overtaken(address)
    return found[0]


def apply(data: Plain, change: Change) -> Plain:
    """Return the data with the change; ``data`` itself stays. Raises Overtaken, Twice."""
    match change:
        case Put():
            return _put(data, change)
        case Insert():
            return _at_list(data, change.at, lambda things: _inserted(things, change))
        case Remove():
            return _at_list(data, change.at, lambda things: _removed(things, change))
        case Move():
            return _moved(data, change)


def apply_all(data: Plain, changes: Sequence[Change]) -> Plain:
    """Return the data with all changes, in their order. Raises Overtaken, Twice."""
    for change in changes:
        data = apply(data, change)
    return data


def _put(data: Plain, change: Put) -> Plain:
    if at(data, change.at) != change.was:
        raise Overtaken(change.at)
    if not change.at:
        return change.value
    if change.renamed is not None:
        _check_free(data, change.at[:-2], change.renamed)
    return _within(data, change.at[:-1], lambda owner: _with_field(owner, change))


def _with_field(owner: Plain, change: Put) -> Plain:
    if not isinstance(owner, dict):
        raise Overtaken(change.at)
    field = change.at[-1]
    if change.value is None:
        return {name: value for name, value in owner.items() if name != field}
    return {**owner, field: change.value}


def _check_free(data: Plain, address: Address, name: str) -> None:
    """Refuse a name that another thing in the list has: neither could be found again."""
    things = at(data, address)
    if not name or not isinstance(things, list) or name in [name_of(one) for one in things]:
        raise Twice(name)


def _within(data: Plain, address: Address, do: Callable[[Plain], Plain]) -> Plain:
    """Return the data with ``do`` done at an address; only the way there is copied."""
    if not address:
        return do(data)
    first, rest = address[0], address[1:]
    if isinstance(data, dict) and first in data:
        return {**data, first: _within(data[first], rest, do)}
    if isinstance(data, list):
        number = _number(data, first, address)
        return [*data[:number], _within(data[number], rest, do), *data[number + 1 :]]
    raise Overtaken(address)


def _at_list(data: Plain, address: Address, do: Callable[[list[Plain]], list[Plain]]) -> Plain:
    def change(things: Plain) -> Plain:
        if not isinstance(things, list):
            raise Overtaken(address)
        return do(things)

    return _within(data, address, change)


def _inserted(things: list[Plain], change: Insert) -> list[Plain]:
    name = name_of(change.item)
    if name is None or name in [name_of(one) for one in things]:
        raise Twice(name or "")
    place = _behind(things, change.after, change.at)
    return [*things[:place], change.item, *things[place:]]


def _behind(things: list[Plain], after: str | None, address: Address) -> int:
    return 0 if after is None else _number(things, after, (*address, after)) + 1


def _removed(things: list[Plain], change: Remove) -> list[Plain]:
    name = name_of(change.item) or ""
    number = _number(things, name, (*change.at, name))
    if things[number] != change.item:
        raise Overtaken((*change.at, name))
    return [*things[:number], *things[number + 1 :]]


def _moved(data: Plain, change: Move) -> Plain:
    moving = at(data, (*change.at, change.name))
    if not isinstance(moving, dict):
        raise Overtaken((*change.at, change.name))
    before = before_of(data, change.at, change.name)
    taken = apply(data, Remove(at=change.at, after=before, item=moving))
    return apply(taken, Insert(at=change.into, after=change.after, item=moving))


def before_of(data: Plain, address: Address, name: str) -> str | None:
    """Return the name of the thing that stands before ``name`` in a list; None for the first."""
    things = at(data, address)
    if not isinstance(things, list):
        raise Overtaken(address)
    number = _number(things, name, (*address, name))
    return name_of(things[number - 1]) if number else None


def inverse(change: Change) -> Change:
    """Return the change that takes a change back."""
    match change:
        case Put():
            return _put_back(change)
        case Insert():
            return Remove(at=change.at, after=change.after, item=change.item)
        case Remove():
            return Insert(at=change.at, after=change.after, item=change.item)
        case Move():
            return Move(
                at=change.into, name=change.name, was_after=change.after,
                into=change.at, after=change.was_after,
            )  # fmt: skip


def _put_back(change: Put) -> Put:
    """A thing's new name is part of the way back to it."""
    if change.renamed is None:
        return Put(at=change.at, was=change.value, value=change.was)
    way = (*change.at[:-2], change.renamed, change.at[-1])
    return Put(at=way, was=change.value, value=change.was, renamed=change.at[-2])


def touches(change: Change, address: Address) -> bool:
    """Whether a change is of what stands at an address, of something in it or around it."""
    match change:
        case Put():
            places = [change.at]
            if change.renamed is not None:
                places.append((*change.at[:-2], change.renamed))
        case Insert() | Remove():
            places = [(*change.at, name_of(change.item) or "")]
        case Move():
            places = [(*change.at, change.name), (*change.into, change.name)]
    return any(way[: len(address)] == address[: len(way)] for way in places)


def inverses(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that take a sequence of changes back."""
    return tuple(inverse(change) for change in reversed(changes))


def putting(data: Plain, address: Address, value: Plain) -> tuple[Change, ...]:
    """Return the change that gives a field a value; none when it has it already.

    Mappings on the way that are not there yet come with it; those left empty go with it.
    """
    while address and _missing(data, address[:-1]):
        value, address = ({address[-1]: value} if value is not None else None), address[:-1]
    was = at(data, address)
    while value is None and len(address) > 1 and _only_field(data, address):
        address = address[:-1]
        was = at(data, address)
    if was == value:
        return ()
    renamed = _new_name(data, address, value)
    return (Put(at=address, was=was, value=value, renamed=renamed),)


def _new_name(data: Plain, address: Address, value: Plain) -> str | None:
    """Return what a thing in a list is called after a change of its field, if it is renamed."""
    if len(address) < 2 or not isinstance(at(data, address[:-2]), list):
        return None
    owner = at(data, address[:-1])
    if not isinstance(owner, dict):
        return None
    then = name_of({**owner, address[-1]: value})
    return None if then == name_of(owner) else then or ""


def _missing(data: Plain, address: Address) -> bool:
    try:
        return at(data, address) is None
    except Overtaken:
        return True


def _only_field(data: Plain, address: Address) -> bool:
    """Whether the owner of a field is a field itself and has nothing but this field."""
    owner, around = at(data, address[:-1]), at(data, address[:-2])
    return isinstance(owner, dict) and set(owner) <= {address[-1]} and isinstance(around, dict)
