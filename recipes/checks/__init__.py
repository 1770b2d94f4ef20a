"""Checks of the compiler, one small function each. A new check is a new function here."""

from recipes.checks import (
    claims,
    conditions,
    decisions,
    flow,
    keys,
    laboratory,
    library,
    limits,
    plant,
    products,
    references,
    specification,
    texts,
    times,
    together,
    units,
)

__all__ = [
    "claims",
    "conditions",
    "decisions",
    "flow",
    "keys",
    "laboratory",
    "library",
    "limits",
    "plant",
    "products",
    "references",
    "specification",
    "texts",
    "times",
    "together",
    "units",
]
