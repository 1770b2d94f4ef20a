"""What calls a thing by its place goes on meaning it when the thing is moved. Pure.

A name is read from where it stands (``recipes.paths``): ``count`` in one operation is
``receipt.count`` in another one. What is moved into another operation or stage is written anew
wherever it is named, and what it names itself as well. A name that meant nothing before stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from recipes import paths, reserved
from recipes.drafting.changes import Address, Move, Plain, name_of

# The fields that are formulas and conditions, in whatever they stand.
FORMULAS = frozenset({
    "formula", "quantity", "set", "hold", "when", "until", "low", "high", "mean", "sd", "mode",
    "above", "below",
})  # fmt: skip
# Spans and texts, which have fields of those names that name nothing.
OTHERS = frozenset({"duration", "takes", "turn_round", "title", "text", "note", "reaction"})
PARTS = frozenset({"stages", "operations", "steps", "contingencies"})
# A name in a formula that is no function, or something in quotes, which is passed over.
TOKEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?![\w.]*\s*\()", re.ASCII
)
EDGES = frozenset({"started_at", "ended_at"})
Rewritten = tuple[Address, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that may name steps: where it stands, and the step's path that it is read from."""

    address: Address
    text: str
    at: str

    @property
    def formula(self) -> bool:
        """Whether it is a formula; else it is one name."""
        return self.address[-1] != "from"


@dataclass(frozen=True)
class Named:
    """The names in a draft."""

    data: Plain

    @cached_property
    def steps(self) -> dict[str, str]:
        """The paths of all steps, by their normal path."""
        found = ("/".join(keys(address)) for address, _step in _steps(self.data))
        return {paths.normal(path): path for path in found}

    @cached_property
    def stages(self) -> frozenset[str]:
        """The keys of the stages."""
        return frozenset(str(name_of(stage)) for stage in _things(self.data, "stages"))

    def references(self) -> Iterator[Reference]:
        """Yield what may name steps, wherever it stands."""
        first = next(iter(self.steps.values()), "")
        if isinstance(self.data, dict):
            whole = {name: part for name, part in self.data.items() if name not in PARTS}
            yield from _in(whole, (), first)
        for stage in _things(self.data, "stages"):
            address = ("stages", str(name_of(stage)))
            begins = [str(name_of(one)) for one in _things(stage, "operations")][:1]
            yield from _in(_own(stage), address, "/".join((address[1], *begins, "_")))
            yield from _of_operations(stage, (*address, "operations"))
        yield from _of_operations(self.data, ("contingencies",))

    def is_a_moment(self, name: str) -> bool:
        """Whether a name is one of the collection, of a clock or of a stage, not of a step."""
        first, _dot, last = name.replace("/", ".").rpartition(".")
        whose = name.replace("/", ".").partition(".")[0]
        return whose in {"collection", "clock"} or (last in EDGES and first in self.stages)


def keys(address: Address) -> tuple[str, ...]:
    """Return the parts of a path of an address: ``stage/operation/step``."""
    called = address[:1] if address[:1] == ("contingencies",) else ()
    return (*called, *address[1::2])


def _of_operations(owner: Plain, place: Address) -> Iterator[Reference]:
    for operation in _things(owner, place[-1]):
        address = (*place, str(name_of(operation)))
        yield from _in(_own(operation), address, "/".join((*keys(address), "_")))
        for step in _things(operation, "steps"):
            here = (*address, "steps", str(name_of(step)))
            yield from _in(_own(step), here, "/".join(keys(here)))


def _own(thing: Plain) -> dict[str, Plain]:
    """Return a thing without its parts; ``when`` of a line clearance is no condition."""
    own = {name: value for name, value in _mapping(thing).items() if name not in PARTS}
    if own.get("kind") == "clear":
        own.pop("when", None)
    return own


def _in(thing: Plain, address: Address, at: str) -> Iterator[Reference]:
    if isinstance(thing, dict):
        for name, value in thing.items():
            if name not in OTHERS:
                yield from _in(value, (*address, name), at)
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from _in(value, (*address, name_of(value) or f"#{number}"), at)
    elif isinstance(thing, str) and address[-1] in FORMULAS:
        yield Reference(address, thing, at)
    elif isinstance(thing, str) and address[-1] == "from":
        # Outside of steps only a whole path names a step.
        yield Reference(address, thing, at if "steps" in address else "")


def _steps(data: Plain) -> Iterator[tuple[Address, Plain]]:
    stages = [
        (("stages", str(name_of(stage)), "operations"), stage) for stage in _things(data, "stages")
    ]
    for place, owner in [*stages, (("contingencies",), data)]:
        for operation in _things(owner, place[-1]):
            here = (*place, str(name_of(operation)), "steps")
            for step in _things(operation, "steps"):
                yield (*here, str(name_of(step))), step


def _things(owner: Plain, field: str) -> list[Plain]:
    found = owner.get(field) if isinstance(owner, dict) else None
    return found if isinstance(found, list) else []


def _mapping(thing: Plain) -> dict[str, Plain]:
    return thing if isinstance(thing, dict) else {}


def carried(data: Plain, moved: Plain, move: Move) -> Iterator[Rewritten]:
    """Yield what names steps otherwise after a move, with its new text, to mean the same ones."""
    way = _Way(move)
    was, now = Named(data), Named(moved)
    known = {way.there(one.address): one for one in was.references()}
    for reference in now.references():
        before = known.get(reference.address)
        text = _again(before, reference.at, was, way) if before else reference.text
        if text != reference.text:
            yield reference.address, text


class _Way:
    """From the places before a move to those after it."""

    def __init__(self, move: Move) -> None:
        self._old, self._new = (*move.at, move.name), (*move.into, move.name)
        self._from, self._to = (paths.normal("/".join(keys(a))) for a in (self._old, self._new))

    def there(self, address: Address) -> Address:
        """Return where what stood at an address stands now."""
        length = len(self._old)
        return (*self._new, *address[length:]) if address[:length] == self._old else address

    def path(self, normal: str) -> str:
        """Return the normal path of a step after the move."""
        if normal == self._from or normal.startswith(f"{self._from}/"):
            return self._to + normal[len(self._from) :]
        return normal


def _again(reference: Reference, at: str, was: Named, way: _Way) -> str:
    """Return a text as it has to be written to mean the same at another place."""

    def name(said: str) -> str:
        if paths.space_of(said) or said in reserved.OWN:
            return said
        target = paths.absolute(said, at=reference.at)
        if target not in was.steps:
            return said
        meant = way.path(target)
        if paths.absolute(said, at=at) == meant:
            return said
        inside = {"operations", "contingencies"} & set(reference.address)
        return _short(meant, at if inside else "")

    if reference.formula:
        return TOKEN.sub(lambda found: name(found[0]), reference.text)
    if was.is_a_moment(reference.text):
        return reference.text
    told = name(reference.text)
    return told if told == reference.text else _spelled(told, reference.text, was)


def _short(path: str, at: str) -> str:
    """Return the shortest name of a step by which it is known at a place."""
    parts, here = path.split("/"), paths.normal(at).split("/")
    same = 2 if parts[:2] == here[:2] else 1 if parts[:1] == here[:1] else 0
    said = ".".join(parts[same:])
    return ".".join(parts) if paths.space_of(said) else said


def _spelled(told: str, before: str, was: Named) -> str:
    """Return a name outside formulas: with the keys' own hyphens, and its strokes as before."""
    spelled = {paths.normal(part): part for path in was.steps.values() for part in path.split("/")}
    sign = "/" if "/" in before else "."
    return sign.join(spelled.get(part, part) for part in told.split("."))
