"""Formulas of a recipe as they are read: their names, their parts, what each part asks for.

A name is a path: ``count`` in the same operation, ``seed.count`` in the same stage,
``culture.seed.count`` anywhere before, ``inputs.patient_weight``, ``parameters.moi`` or
``results.car``. A hyphen in a key is written ``_``. Numbers are exact: ``0.1`` is a tenth.
``recipes.arithmetic`` works them out.

Of a step that was repeated a name means the same iteration, or the last one from outside the
loop; ``count[1]`` is the first, ``count[-1]`` the one before this. In a condition an answer is
compared with its key: ``bag == "leaking"``.
"""

from __future__ import annotations

import ast
import decimal
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from recipes import reserved

LONGEST = 500
LARGEST_EXPONENT = 64
# Deeper than people read; whoever goes through a formula part by part comes to its end.
DEEPEST = 60
MOST_ITERATIONS = 1000
WORD = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)


class FormulaError(ValueError):
    """A formula that cannot be read or worked out; its text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read: its text, its tree and the names it needs.

    ``names`` are those of numbers, without an iteration; ``words`` pairs a name with the answer
    that it is compared with.
    """

    text: str
    tree: ast.expr
    names: tuple[str, ...]
    words: tuple[tuple[str, str], ...] = ()

    @property
    def is_condition(self) -> bool:
        """Whether it says yes or no instead of a number."""
        return _says_yes_or_no(self.tree)


def _says_yes_or_no(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(_says_yes_or_no(part) for part in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _says_yes_or_no(node.operand)
    return isinstance(node, ast.Compare)


@lru_cache(maxsize=32_768)
def check_kinds(formula: Formula, *, condition: bool) -> None:
    """Raise FormulaError where a number stands for a condition, or a condition for a number."""
    _check_kind(formula.tree, condition, formula.text)


def _check_kind(node: ast.expr, condition: bool, text: str) -> None:
    said = _says_yes_or_no(node)
    if condition and not said:
        raise FormulaError(
            _("In “%(text)s” a number stands where a condition is asked for.") % {"text": text}
        )
    if said and not condition:
        raise FormulaError(
            _("In “%(text)s” a condition stands where a number is asked for.") % {"text": text}
        )
    for part, asks in _parts(node, condition):
        _check_kind(part, asks, text)


def _parts(node: ast.expr, condition: bool) -> list[tuple[ast.expr, bool]]:
    """Return the parts of a formula, each with whether a condition is asked for there."""
    if isinstance(node, ast.BoolOp):
        return [(part, True) for part in node.values]
    if isinstance(node, ast.UnaryOp):
        return [(node.operand, isinstance(node.op, ast.Not))]
    if isinstance(node, ast.IfExp):
        return [(node.test, True), (node.body, condition), (node.orelse, condition)]
    if isinstance(node, ast.Compare):
        sides = [] if answer_of(node) is not None else [node.left, *node.comparators]
        return [(side, False) for side in sides]
    if isinstance(node, ast.BinOp):
        return [(node.left, False), (node.right, False)]
    return [(argument, False) for argument in node.args] if isinstance(node, ast.Call) else []


def names_of(node: ast.expr) -> tuple[str, ...]:
    """Return the names of the numbers that a part of a formula needs, without an iteration."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return (bare(dotted(node)),)
    return tuple(name for part, _asks in _parts(node, False) for name in names_of(part))


def parts_of(node: ast.expr) -> tuple[ast.expr, ...]:
    """Return the parts that a formula is worked out of."""
    return tuple(part for part, _asks in _parts(node, False))


def is_number(node: ast.expr) -> bool:
    """Tell whether a part of a formula gives a number, and asks for no answer on the way."""
    if _says_yes_or_no(node):
        return False
    return not any(answer_of(part) for part in ast.walk(node))


def written(formula: Formula, node: ast.expr) -> str:
    """Return a part of a formula as it was written."""
    return _segment(formula.text, node) or formula.text


def _segment(text: str, node: ast.expr) -> str:
    """Return a part of a text of one line of plain characters: one column is one letter."""
    if node.lineno > 1 or node.end_lineno != 1:
        return ast.get_source_segment(text, node) or ""  # a form feed, too, ends a line
    return text[node.col_offset : node.end_col_offset]


def check_exponent(exponent: Any) -> None:
    """Raise FormulaError for an exponent that no calculation of a plant needs."""
    if abs(exponent) > LARGEST_EXPONENT:
        raise FormulaError(
            _("An exponent beyond %(most)s is not allowed.") % {"most": LARGEST_EXPONENT}
        )


# How many numbers a function takes, at least and at most.
TAKES: dict[str, tuple[int, int | None]] = {
    "min": (2, None), "max": (2, None), "abs": (1, 1), "round": (1, 2), "ceil": (1, 1),
    "floor": (1, 1),
}  # fmt: skip
OPERATORS: tuple[type[ast.AST], ...] = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.And, ast.Or,
)  # fmt: skip
SHAPES: tuple[type[ast.AST], ...] = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Load,
)  # fmt: skip


@lru_cache(maxsize=32_768)
def parse(text: str) -> Formula:
    """Read a formula; raises FormulaError with a sentence. Touches nothing else."""
    if not text.isascii() or len(text) > LONGEST or "\n" in text:
        raise FormulaError(
            _("A formula is one line of at most %(most)s plain characters.") % {"most": LONGEST}
        )
    tree = _tree(text.strip())
    names: list[str] = []
    words: list[tuple[str, str]] = []
    _walk(tree, text.strip(), names, words, DEEPEST)
    return Formula(
        text=text.strip(), tree=tree, names=tuple(dict.fromkeys(names)),
        words=tuple(dict.fromkeys(words)),
    )  # fmt: skip


def _tree(text: str) -> ast.expr:
    try:
        try:
            hidden = reserved.hidden(text)
            tree = ast.parse(hidden, mode="eval").body
            return tree if hidden == text else reserved.shown(tree)
        except SyntaxError:  # it is Python, and more than arithmetic; or nothing at all
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(_("“%(text)s” is not a formula.") % {"text": text}) from error


def _walk(
    node: ast.AST, text: str, names: list[str], words: list[tuple[str, str]], deeper: int
) -> None:
    if not deeper:
        raise FormulaError(
            _("“%(text)s” is too long a calculation: work it out in parts.") % {"text": text}
        )
    said = answer_of(node)
    if said is not None:
        words.append((bare(said[0]), said[1]))
    elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        names.append(bare(dotted(node)))
    elif isinstance(node, ast.Constant):
        # A formula is read once and worked out thousands of times.
        exact: Any = literal(node, text)
        node.value = exact
    elif isinstance(node, ast.Call):
        _check_call(node)
        for argument in node.args:
            _walk(argument, text, names, words, deeper - 1)
    elif isinstance(node, SHAPES + OPERATORS):
        for child in ast.iter_child_nodes(node):
            _walk(child, text, names, words, deeper - 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            _check_written_exponent(node.right)
    else:
        raise FormulaError(_("“%(text)s” uses more than arithmetic.") % {"text": text})


def _check_written_exponent(node: ast.expr) -> None:
    signed = isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not)
    number = node.operand if isinstance(node, ast.UnaryOp) and signed else node
    if isinstance(number, ast.Constant):
        check_exponent(number.value)


def answer_of(node: ast.AST) -> tuple[str, str] | None:
    """Return name and key of a comparison such as ``bag == "leaking"``, else None."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    right = node.comparators[0]
    if not isinstance(node.ops[0], ast.Eq | ast.NotEq) or not isinstance(right, ast.Constant):
        return None
    if not isinstance(right.value, str) or not WORD.fullmatch(right.value):
        return None
    return dotted(node.left), right.value


def bare(name: str) -> str:
    """Return a name without its iteration."""
    return name.partition("[")[0]


def iteration_of(name: str) -> int | None:
    """Return the iteration that a name says: from 1, or below 0 from this one backwards."""
    _name, bracket, number = name.partition("[")
    return int(number.rstrip("]")) if bracket else None


def _check_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else "?"
    if name not in TAKES or node.keywords:
        raise FormulaError(
            _("There is no function %(name)s; use %(known)s.")
            % {"name": name, "known": ", ".join(TAKES)}
        )
    least, most = TAKES[name]
    if len(node.args) < least or (most is not None and len(node.args) > most):
        raise FormulaError(_takes(name, least, most))


def _takes(name: str, least: int, most: int | None) -> str:
    words = {"name": name, "least": least, "most": most}
    if most is None:
        return _("The function %(name)s takes %(least)s numbers or more.") % words
    if most > least:
        return _("The function %(name)s takes %(least)s or %(most)s numbers.") % words
    return _("The function %(name)s takes one number.") % words


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for a name; raises FormulaError for anything that is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Subscript):
        return f"{dotted(node.value)}[{_iteration(node.slice)}]"
    raise FormulaError(_("A name in a formula is a path such as seed.count."))


def _iteration(node: ast.expr) -> int:
    back = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    number = node.operand if isinstance(node, ast.UnaryOp) and back else node
    value = number.value if isinstance(number, ast.Constant) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_ITERATIONS:
        raise FormulaError(
            _("An iteration is a whole number: count[1] is the first, count[-1] the one before.")
        )
    return -value if back else value


def literal(node: ast.Constant, text: str) -> Decimal:
    """Return the exact number that was written; raises FormulaError for text and the like."""
    written = _segment(text, node)
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        try:
            number = Decimal(written)
        except decimal.InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT:
            return number
    raise FormulaError(_("“%(text)s” is not a number that a formula takes.") % {"text": written})


def is_plain(text: str) -> bool:
    """Tell whether a formula is only a number."""
    formula = parse(text)
    return not formula.names and not formula.words
