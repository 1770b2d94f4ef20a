"""Which stage, operation and step of one document is which of the other.

By its place and name first; then by its name elsewhere (moved); then by what it says (renamed).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from recipes.drafting.changes import Address, Plain, name_of

# More pairs than these are not compared by what they say: they are new and gone.
MOST_PAIRS = 40_000
LIKE = 0.5
Leaves = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Node:
    """A stage, operation or step: where it stands, and all of it."""

    address: Address
    data: dict[str, Plain]

    @property
    def owner(self) -> Address:
        """The thing that it is a part of; ``contingencies`` have no stage."""
        return self.address[:-2] or self.address[:1]

    @property
    def name(self) -> str:
        """Its key."""
        return self.address[-1]

    @property
    def level(self) -> str:
        """``stages``, ``operations`` or ``steps``."""
        field = self.address[-2]
        return "operations" if field == "contingencies" else field


Level = dict[Address, Node]


INNER = {"": ("stages", "contingencies"), "stages": ("operations",), "contingencies": ("steps",),
         "operations": ("steps",), "steps": ()}  # fmt: skip


def nodes_of(data: Plain) -> dict[str, Level]:
    """Return the nodes of a document by their level, in the order of the document."""
    found: dict[str, Level] = {"stages": {}, "operations": {}, "steps": {}}
    for node in _nodes(data, ()):
        found[node.level][node.address] = node
    return found


def _nodes(owner: Plain, address: Address) -> Iterator[Node]:
    for field in INNER[address[-2] if address else ""]:
        things = owner.get(field) if isinstance(owner, dict) else None
        for number, thing in enumerate(things if isinstance(things, list) else ()):
            if isinstance(thing, dict):
                here = (*address, field, name_of(thing) or f"#{number}")
                yield Node(here, thing)
                yield from _nodes(thing, here)


Pairs = dict[Address, Address]


def matched(before: dict[str, Level], after: dict[str, Level]) -> Pairs:
    """Return where each node of the earlier document stands in the later one, if it does."""
    pairs: Pairs = {("stages",): ("stages",), ("contingencies",): ("contingencies",)}
    for level in ("stages", "operations", "steps"):
        _match(pairs, before[level], after[level])
    return pairs


def _match(pairs: Pairs, old: Level, new: Level) -> None:
    for address, node in old.items():
        there = _same_place(pairs, node, new)
        if there is not None:
            pairs[address] = there
    left, free = _left(pairs, old, new)
    _by(pairs, left, free, lambda node: (node.name, str(node.data.get("kind"))))
    left, free = _left(pairs, old, new)
    _by_likeness(pairs, left, free)


def _same_place(pairs: Pairs, node: Node, new: Level) -> Address | None:
    owner = pairs.get(node.owner)
    if owner is None:
        return None
    field = node.address[-2:-1] if len(owner) > 1 else ()
    there = (*owner, *field, node.name)
    return there if there in new else None


def _left(pairs: Pairs, old: Level, new: Level) -> tuple[Level, Level]:
    taken = set(pairs.values())
    return (
        {a: n for a, n in old.items() if a not in pairs},
        {a: n for a, n in new.items() if a not in taken},
    )


def _by(
    pairs: Pairs, left: Level, free: Level, key: Callable[[Node], tuple[str, str]]
) -> None:  # fmt: skip
    """Match what one key names once on either side."""
    once = Counter(key(node) for node in left.values())
    there = Counter(key(node) for node in free.values())
    by_key = {key(node): address for address, node in free.items()}
    for address, node in left.items():
        if once[key(node)] == there[key(node)] == 1:
            pairs[address] = by_key[key(node)]


def _by_likeness(pairs: Pairs, left: Level, free: Level) -> None:
    """Match what says nearly the same under another name, the likest first."""
    if len(left) * len(free) > MOST_PAIRS:
        return
    theirs = {address: _leaves(node) for address, node in free.items()}
    ours = {address: _leaves(node) for address, node in left.items()}
    scored = [
        (_likeness(ours[a], theirs[b]), a, b)
        for a, one in left.items() for b, other in free.items()
        if one.data.get("kind") == other.data.get("kind")
    ]  # fmt: skip
    taken: set[Address] = set()
    for score, a, b in sorted(scored, key=lambda row: (-row[0], row[1], row[2])):
        if score >= LIKE and a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)


def _likeness(one: Leaves, other: Leaves) -> float:
    return len(one & other) / max(1, len(one | other))


def _leaves(node: Node) -> Leaves:
    """Return what a node says, its own name aside; of parts inside only their names."""
    said: set[tuple[str, str]] = set()
    for field, value in node.data.items():
        if field in {"operations", "steps"} and isinstance(value, list):
            said |= {(field, str(name_of(one))) for one in value}
        elif field != "key":
            said |= set(_flat(field, value))
    return frozenset(said)


def _flat(way: str, value: Plain) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{way}.{name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(way, inner)
    else:
        yield way, str(value)


def out_of_order(was: list[Address], now: list[Address]) -> set[Address]:
    """Return which of the same things stand elsewhere in the second order: the fewest that
    explain it.
    """
    place = {address: number for number, address in enumerate(now)}
    stay = {now[number] for number in _longest([place[address] for address in was])}
    return set(now) - stay


def swapped(
    was: list[Address], now: list[Address], moved: set[Address]
) -> Iterator[tuple[Address, tuple[Address, Address]]]:
    """Yield of what was moved that which passed one other thing only, with the pair as it was.

    The other one may as well have been moved.
    """
    old, new = ({a: n for n, a in enumerate(order)} for order in (was, now))
    for one in moved:
        passed = [
            other for other in was
            if other != one and (old[one] < old[other]) != (new[one] < new[other])
        ]  # fmt: skip
        if len(passed) == 1 and passed[0] not in moved:
            first, second = sorted((one, passed[0]), key=old.__getitem__)
            yield one, (first, second)


def _longest(numbers: list[int]) -> list[int]:
    """Return a longest increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    back = [-1] * len(numbers)
    for index, number in enumerate(numbers):
        at = bisect_left(tails, number)
        back[index] = ends[at - 1] if at else -1
        tails[at : at + 1], ends[at : at + 1] = [number], [index]
    found: list[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(numbers[index])
        index = back[index]
    return found[::-1]
