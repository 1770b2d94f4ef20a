"""The walk over two documents: what is new, gone, elsewhere, and what each thing says now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from recipes.difference.bounds import known_of
from recipes.difference.leaves import Leaf, added, removed
from recipes.difference.matching import Level, Node, Pairs, matched, nodes_of, out_of_order, swapped
from recipes.difference.parts import STRUCTURAL, Difference, What
from recipes.document import Recipe
from recipes.drafting.changes import Address, Plain, name_of
from recipes.drafting.plain import normal, plain_of
from recipes.enums import Severity

SORTS = {"stages": "stage", "operations": "operation", "steps": "step"}


def difference(before: Recipe, after: Recipe) -> tuple[Difference, ...]:
    """Return the changes of meaning from one document to another; none for the same document.

    In the order of the later document; what is gone comes first in its list.
    """
    return difference_of_data(plain_of(before), plain_of(after))


def difference_of_data(before: Plain, after: Plain) -> tuple[Difference, ...]:
    """As ``difference``, of the plain data of drafts that may be no recipe yet."""
    was, now = normal(before), normal(after)
    return tuple(_Walk(was, now).all()) if was != now else ()


@dataclass
class _Walk:
    was: Plain
    now: Plain

    def __post_init__(self) -> None:
        self.before, self.after = known_of(self.was), known_of(self.now)
        self.old, self.new = nodes_of(self.was), nodes_of(self.now)
        self.pairs: Pairs = matched(self.old, self.new)
        self.back = {there: here for here, there in self.pairs.items()}
        # Where a parameter has another value, what it is used for has one too.
        self.shifted = self.before != self.after

    def all(self) -> Iterator[Difference]:
        yield from self._fields(self.was, self.now, (), ())
        for level in SORTS:
            yield from self._gone(level)
        yield from self._order()
        for node in self._in_order():
            yield from self._node(node)

    def _in_order(self) -> list[Node]:
        return [node for level in SORTS for node in self.new[level].values()]

    def _gone(self, level: str) -> Iterator[Difference]:
        """What has no place any more; what goes with its owner is not said again."""
        for address, node in self.old[level].items():
            with_owner = node.owner not in self.pairs and len(node.owner) > 1
            if address not in self.pairs and not with_owner:
                what = What(f"{SORTS[level]}_removed")
                yield Difference(what, Severity.CRITICAL, address, (), before=_says(node))

    def _node(self, node: Node) -> Iterator[Difference]:
        sort = SORTS[node.level]
        was_at = self.back.get(node.address)
        if was_at is None:
            if node.owner in self.back:
                what = What(f"{sort}_added")
                yield Difference(what, Severity.MAJOR, (), node.address, after=_says(node))
            return
        old = self.old[node.level][was_at]
        if old.name != node.name:
            yield Difference(
                What(f"{sort}_renamed"), Severity.MINOR, was_at, node.address,
                field="key", before=old.name, after=node.name,
            )  # fmt: skip
        yield from self._fields(old.data, node.data, was_at, node.address)

    def _order(self) -> Iterator[Difference]:
        """What stands under another owner, or elsewhere in its list."""
        for level, sort in SORTS.items():
            place = {was_at: number for number, was_at in enumerate(self.old[level])}
            for owner, nodes in _by_owner(self.new[level]).items():
                yield from self._moved(sort, owner, nodes, place)

    def _moved(
        self, sort: str, owner: Address, nodes: list[Node], place: dict[Address, int]
    ) -> Iterator[Difference]:
        old, new = self.old[LEVELS[sort]], self.new[LEVELS[sort]]
        known = [node.address for node in nodes if node.address in self.back]
        own = [a for a in known if self.pairs.get(old[self.back[a]].owner) == owner]
        before = sorted(own, key=lambda a: place[self.back[a]])
        beside = out_of_order(before, own)
        swaps = dict(swapped(before, own, beside))
        elsewhere = (set(known) - set(own)) | beside
        for address in [one for one in known if one in elsewhere]:
            was_at = self.back[address]
            if address in swaps:
                yield self._swap(sort, *swaps[address])
                continue
            yield Difference(
                What(f"{sort}_moved"), Severity.MAJOR, was_at, address,
                before=_behind(old, was_at),
                after=_behind(new, address),
            )  # fmt: skip

    def _swap(self, sort: str, first: Address, second: Address) -> Difference:
        """Say that two neighbours changed places; ``first`` was the first of them."""
        return Difference(
            What(f"{sort}s_swapped"), Severity.MAJOR, self.back[second], second,
            before=first[-1], after=second[-1],
        )  # fmt: skip

    # --- what a thing says ------------------------------------------------------------------------

    def _fields(self, was: Plain, now: Plain, was_at: Address, at: Address) -> Iterator[Difference]:
        """Compare the fields of a thing, the stages, operations and steps in it aside."""
        old, new = _mapping(was), _mapping(now)
        for field in [*old, *(name for name in new if name not in old)]:
            inner = field in STRUCTURAL and not (field == "contingencies" and at)
            # Of another name it is said that the thing was renamed; without a key, something
            # else may name it as before.
            renamed = field == "key" and was_at[-1:] != at[-1:]
            if not renamed and not inner:
                yield from self._value(
                    old.get(field), new.get(field), (*was_at, field), (*at, field)
                )

    def _value(self, was: Plain, now: Plain, was_at: Address, at: Address) -> Iterator[Difference]:
        if was == now and not self.shifted:
            return
        leaf = self._leaf(was, now, was_at, at)
        said = leaf.whole()
        if said is not None:
            yield from said
        elif isinstance(was, dict) or isinstance(now, dict):
            if isinstance(was, (dict, type(None))) and isinstance(now, (dict, type(None))):
                yield from self._inside(was, now, was_at, at)
            else:
                yield from leaf.changed()
        elif isinstance(was, list) or isinstance(now, list):
            yield from self._lists(was, now, was_at, at)
        else:
            yield from leaf.changed()

    def _leaf(self, was: Plain, now: Plain, was_at: Address, at: Address) -> Leaf:
        return Leaf(was, now, was_at, at, self.before, self.after, self._critical(was_at, at))

    def _inside(self, was: Plain, now: Plain, was_at: Address, at: Address) -> Iterator[Difference]:
        old, new = _mapping(was), _mapping(now)
        for field in [*old, *(name for name in new if name not in old)]:
            yield from self._value(old.get(field), new.get(field), (*was_at, field), (*at, field))

    def _lists(self, was: Plain, now: Plain, was_at: Address, at: Address) -> Iterator[Difference]:
        """Compare lists by the names of what they hold."""
        old, new = _named(was), _named(now)
        for name in [name for name in old if name not in new]:
            yield removed(old[name], (*was_at, name))
        for name, thing in new.items():
            if name not in old:
                yield added(thing, (*at, name))
            elif isinstance(thing, dict) and isinstance(old[name], dict):
                yield from self._inside(old[name], thing, (*was_at, name), (*at, name))
            else:
                leaf = self._leaf(old[name], thing, (*was_at, name), (*at, name))
                yield from (replace(one, field=at[-1]) for one in leaf.changed())
        both = [name for name in old if name in new]
        if both != [name for name in new if name in old]:
            yield Difference(What.ORDER_CHANGED, Severity.MINOR, was_at, at, at[-1],
                             ", ".join(old), ", ".join(new))  # fmt: skip

    def _critical(self, was_at: Address, at: Address) -> bool:
        """Whether the step is a critical one, before or now."""
        steps = (self.old["steps"].get(_step(was_at)), self.new["steps"].get(_step(at)))
        return any(node is not None and node.data.get("critical") == "true" for node in steps)


LEVELS = {sort: level for level, sort in SORTS.items()}


def _by_owner(level: Level) -> dict[Address, list[Node]]:
    found: dict[Address, list[Node]] = {}
    for node in level.values():
        found.setdefault(node.owner, []).append(node)
    return found


def _behind(level: Level, address: Address) -> str:
    """Return what stands before a thing in its list, with the owner where that says more.

    ``owner/`` or nothing for the first of a list.
    """
    node = level[address]
    around = [one for one in level.values() if one.owner == node.owner]
    number = around.index(node)
    before = around[number - 1].name if number else ""
    return f"{node.owner[-1]}/{before}" if len(node.owner) > 1 else before


def _step(address: Address) -> Address:
    return address[: address.index("steps") + 2] if "steps" in address else ()


def _mapping(data: Plain) -> dict[str, Plain]:
    return data if isinstance(data, dict) else {}


def _named(things: Plain) -> dict[str, Plain]:
    """Return what a list holds by name: as things are named, by their text, else by number."""
    rows = things if isinstance(things, list) else [] if things is None else [things]
    names = [_name(row) for row in rows]
    if None in names or len(set(names)) < len(names):
        return {f"#{number}": row for number, row in enumerate(rows)}
    return {str(name): row for name, row in zip(names, rows, strict=True)}


def _name(row: Plain) -> str | None:
    if isinstance(row, str):
        return row
    if not isinstance(row, dict):
        return None
    other = [row[field] for field in ("from", "role", "qualification") if field in row]
    return name_of(row) or ".".join(str(one) for one in other) or None


def _says(node: Node) -> str:
    """Return what a thing is called or asks, in English if it is written."""
    texts = node.data.get("title") or node.data.get("text")
    if not isinstance(texts, dict):
        return node.name
    return str(texts.get("en") or next(iter(texts.values()), node.name))
