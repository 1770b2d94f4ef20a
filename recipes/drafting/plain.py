"""A document as plain data in one form, and as the YAML that people write.

One form, so that two ways of saying the same – ``true`` and true, ``[1, 2]`` and low and high,
an empty field and none – are no change, and the form and the text edit the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import yaml

from mes.lib import evidence
from recipes.document import Recipe
from recipes.drafting.changes import Plain
from recipes.drafting.order import ordered

BANDS = frozenset({"alert", "action", "plausible", "limits"})
LINE = 120
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def plain_of(recipe: Recipe) -> dict[str, Plain]:
    """Return a recipe's document as the plain data of a draft."""
    data = normal(recipe.dump())
    return data if isinstance(data, dict) else {}


def normal(data: Any) -> Plain:
    """Return data in the one form: scalars are text, nothing is a field that is not there."""
    return _normal(data, "")


def _normal(data: Any, field: str) -> Plain:
    if isinstance(data, Mapping):
        parts = {str(name): _normal(value, str(name)) for name, value in data.items()}
        names = ordered(parts, inside=field)
        return {name: parts[name] for name in names if parts[name] is not None}
    if isinstance(data, (list, tuple)):
        inside = "" if field in BANDS else field
        things = [_normal(thing, inside) for thing in data]
        return _band(things) if field in BANDS and _is_pair(things) else things
    if isinstance(data, bool):
        return "true" if data else "false"
    return None if data is None else str(data)


def _is_pair(things: list[Plain]) -> bool:
    return len(things) == 2 and not any(isinstance(thing, (dict, list)) for thing in things)


def _band(pair: list[Plain]) -> Plain:
    named = {"low": pair[0], "high": pair[1]}
    return {name: bound for name, bound in named.items() if bound is not None}


def canonical(data: Plain) -> bytes:
    """Return the canonical bytes of plain data."""
    return evidence.canonical(cast("evidence.JSON", data))


def yaml_of(data: Plain) -> str:
    """Return data as YAML; small mappings on one line, text that looks typed in quotes."""
    return str(
        yaml.dump(
            normal(data), Dumper=Dumper, sort_keys=False, allow_unicode=True,
            default_flow_style=None, width=LINE,
        )
    )  # fmt: skip
