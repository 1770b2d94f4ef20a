"""How one part of a recipe names another.

A step's path is ``stage/operation/step``. A reference is written from where it stands:
``step`` in the same operation, ``operation.step`` in the same stage, or
``stage.operation.step`` (``/`` for ``.`` is understood). In formulas a hyphen is ``_``, so
two keys that differ only in that are one name.

Where a batch repeats a part, a *ref* says which time: the first is the path itself, the second
``stage/operation/step#2``. Refs of operations are made in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

Thing = TypeVar("Thing")
# The same few thousand paths are asked for again and again, by an engine and by a rehearsal.
KEPT = 20_000
SPACES = frozenset({"inputs", "parameters", "results"})


@lru_cache(maxsize=KEPT)
def normal(path: str) -> str:
    """Return the form in which two spellings of one path are equal."""
    return path.replace(".", "/").replace("-", "_")


def ref(path: str, iteration: int) -> str:
    """Return the ref of a step or operation: its path, from the second time on with ``#n``."""
    return path if iteration == 1 else f"{path}#{iteration}"


@lru_cache(maxsize=KEPT)
def split(given: str) -> tuple[str, int]:
    """Return path and iteration of a ref."""
    path, sign, number = given.partition("#")
    known = sign and number.isascii() and number.isdigit() and len(number) <= 6
    return (path, int(number)) if known else (given, 1)


def space_of(name: str) -> str | None:
    """Return ``inputs``, ``parameters`` or ``results`` when the name is of those."""
    first, dot, _rest = name.partition(".")
    return first if dot and first in SPACES else None


def absolute(name: str, *, at: str) -> str:
    """Return the normal full path that ``name`` means in the step with path ``at``."""
    given = _parts(name)
    missing = max(0, 3 - len(given))
    return "/".join((*_parts(at)[:missing], *given))


@lru_cache(maxsize=KEPT)
def _parts(path: str) -> tuple[str, ...]:
    return tuple(normal(path).split("/"))


def find(name: str, *, at: str, among: Mapping[str, Thing]) -> Thing | None:
    """Return what ``name`` means among things kept by normal path, or None."""
    return among.get(absolute(name, at=at))
