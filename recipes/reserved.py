"""Words that Python keeps for itself and people call their steps by: ``yield``, ``pass``, ``in``.

Formulas are read by Python's own parser. Before, such a word is given a last capital, which no key
has; afterwards the names in the tree are what was written. Each letter stays in its column.
"""

from __future__ import annotations

import ast
import keyword
import re

# What a formula is made of. A step that is called so cannot be named in one.
OWN = frozenset({"and", "or", "not", "if", "else"})
WORDS = {word: word[:-1] + word[-1].upper() for word in keyword.kwlist if word.islower()}
HIDDEN = {hidden: word for word, hidden in WORDS.items() if word not in OWN}
_MARKED = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z_][A-Za-z_0-9]*", re.ASCII)


def hidden(text: str) -> str:
    """Return a formula that Python's parser reads; what is quoted stays."""
    return _MARKED.sub(lambda m: m[0] if m[0] in OWN else WORDS.get(m[0], m[0]), text)


def shown(tree: ast.expr) -> ast.expr:
    """Return a tree with its names as they were written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = HIDDEN.get(node.id, node.id)
        elif isinstance(node, ast.Attribute):
            node.attr = HIDDEN.get(node.attr, node.attr)
    return tree
