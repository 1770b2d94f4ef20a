"""Checks of the compiler, one small function each. A new check is a new function here."""

from recipes.checks import (
    claims,
    flow,
    keys,
    library,
    limits,
    products,
    references,
    specification,
    texts,
    units,
)

__all__ = [
    "claims",
    "flow",
    "keys",
    "library",
    "limits",
    "products",
    "references",
    "specification",
    "texts",
    "units",
]
