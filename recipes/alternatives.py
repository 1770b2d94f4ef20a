"""Whether steps that may each be skipped are done one or the other on every way. Pure.

What a condition asks is taken apart into answers and comparisons. An answer to a question excludes
its others and one of them is given; a comparison holds or does not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from recipes import formulas, settled
from recipes.conditions import Asked

# More questions than these at once are not followed: nothing is said then.
DEEPEST = 8
MOST_CASES = 2_000
COMPARED: dict[type[ast.cmpop], tuple[str, bool]] = {
    ast.Lt: ("<", True), ast.GtE: ("<", False), ast.LtE: ("<=", True), ast.Gt: ("<=", False),
    ast.Eq: ("==", True), ast.NotEq: ("==", False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that must hold: ``answer`` is given to a question, or a comparison is true."""

    asks: str
    answer: str = ""
    holds: bool = True

    def denied_by(self, other: Atom) -> bool:
        """Tell whether this cannot hold where another does."""
        if self.asks != other.asks:
            return False
        if self.answer == other.answer:
            return self.holds != other.holds
        return self.holds and other.holds

    def follows(self, other: Atom) -> bool:
        """Tell whether this holds wherever another does."""
        if self == other:
            return True
        another = self.asks == other.asks and self.answer != other.answer
        return another and other.holds and not self.holds


Way = frozenset[Atom]
Offered = Callable[[str], Collection[str] | None]


def way_of(conditions: Iterable[Asked]) -> Way:
    """Return all that must hold where these conditions do."""
    return frozenset(
        _atom(part, one, holds=True) for one in conditions for part in settled.parts_of(one.tree)
    )


def _atom(node: ast.expr, asked: Asked, *, holds: bool) -> Atom:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _atom(node.operand, asked, holds=not holds)
    said = formulas.answer_of(node)
    if said is not None and isinstance(node, ast.Compare):
        equal = isinstance(node.ops[0], ast.Eq)
        return Atom(asked.absolute(said[0]), said[1], equal == holds)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        sign, positive = COMPARED[type(node.ops[0])]
        sides = (_words(side, asked) for side in (node.left, node.comparators[0]))
        return Atom(f" {sign} ".join(sides), holds=positive == holds)
    return Atom(_words(node, asked), holds=holds)


def _words(node: ast.expr, asked: Asked) -> str:
    """Return an expression in words that are equal where it means the same."""
    names = sorted((name, asked.absolute(name)) for name in _names(node))
    return f"{_unparsed(node)} {names}" if names else _unparsed(node)


@lru_cache(maxsize=4096)
def _unparsed(node: ast.expr) -> str:
    return ast.unparse(node)


@lru_cache(maxsize=4096)
def _names(node: ast.expr) -> tuple[str, ...]:
    return tuple(formulas.names_of(node))


def covered(ways: Iterable[Way], *, given: Way, offered: Offered) -> bool:
    """Tell whether one of these ways is gone wherever ``given`` holds.

    ``offered`` are the answers that a question has; None when they are not known.
    """
    left = list(dict.fromkeys(ways))
    for atom in given:
        left = _assumed(left, atom)
    open_ = [(left, DEEPEST)]
    for _turn in range(MOST_CASES):
        if not open_:
            return True
        some, deeper = open_.pop()
        if not some:
            return False
        if frozenset() not in some and deeper:
            asked = min((atom for way in some for atom in way), key=lambda a: (a.asks, a.answer))
            cases = _cases(asked, given, offered)
            open_ += [(_assumed(some, case), deeper - 1) for case in cases]
    return True


def _cases(asked: Atom, given: Way, offered: Offered) -> list[Atom]:
    """Return what may be true of what an atom asks for, where ``given`` holds."""
    answers = offered(asked.asks) if asked.answer else None
    each = [Atom(asked.asks, answer) for answer in sorted(answers or ())]
    cases = each or [Atom(asked.asks, asked.answer, holds) for holds in (True, False)]
    return [case for case in cases if not any(one.denied_by(case) for one in given)]


def _assumed(ways: list[Way], true: Atom) -> list[Way]:
    """Return the ways that are left where something is true, without what it settles."""
    possible = (way for way in ways if not any(atom.denied_by(true) for atom in way))
    left = (frozenset(a for a in way if not a.follows(true)) for way in possible)
    return list(dict.fromkeys(left))
