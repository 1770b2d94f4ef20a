"""From one text to another: the changes between, as small as names allow. Pure.

A draft that is edited as YAML is saved as such changes, so that what somebody else changed
meanwhile in the form stays, and whoever undoes takes back only what they did.
"""

from __future__ import annotations

from collections.abc import Iterator

from recipes.drafting.changes import (
    Address,
    Change,
    Insert,
    Move,
    Names,
    Plain,
    Put,
    Remove,
    name_of,
    names_of,
    naming_field,
)


def between(before: Plain, after: Plain, *, address: Address = ()) -> tuple[Change, ...]:
    """Return changes that turn ``before`` at an address into ``after``, in their order."""
    return tuple(_between(before, after, address))


def _between(before: Plain, after: Plain, address: Address) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for field in [*before, *(name for name in after if name not in before)]:
            yield from _between(before.get(field), after.get(field), (*address, field))
    elif isinstance(before, list) and isinstance(after, list) and _named(before, after):
        yield from _lists(before, after, address)
    else:
        yield Put(at=address, was=before, value=after)


def _named(before: list[Plain], after: list[Plain]) -> bool:
    """Whether both are told apart by names, of the same fields; an empty one comes as a whole."""
    if not (before and after and names_of(before) and names_of(after)):
        return False
    fields = {name_of(thing): naming_field(_mapping(thing)) for thing in before}
    return all(
        naming_field(_mapping(thing)) == fields[name_of(thing)]
        for thing in after
        if name_of(thing) in fields
    )


def _lists(before: list[Plain], after: list[Plain], address: Address) -> Iterator[Change]:
    old = {str(name_of(thing)): thing for thing in before}
    new = {str(name_of(thing)): thing for thing in after}
    order = list(old)
    for name in [name for name in order if name not in new]:
        yield Remove(at=address, after=_before(order, name), item=_mapping(old[name]))
        order.remove(name)
    for number, name in enumerate(new):
        behind = list(new)[number - 1] if number else None
        if name not in old:
            yield Insert(at=address, after=behind, item=_mapping(new[name]))
            order.insert(number, name)
        elif order[number] != name:
            was = _before(order, name)
            yield Move(at=address, name=name, was_after=was, into=address, after=behind)
            order.remove(name)
            order.insert(number, name)
    for name, thing in new.items():
        if name in old:
            yield from _between(old[name], thing, (*address, name))


def _before(order: Names, name: str) -> str | None:
    number = order.index(name)
    return order[number - 1] if number else None


def _mapping(thing: Plain) -> dict[str, Plain]:
    return thing if isinstance(thing, dict) else {}
