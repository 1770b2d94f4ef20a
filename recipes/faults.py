"""What the checks of the compiler find, and the register of the checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from recipes import paths
from recipes.gaps import Said, Value, said
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Outline


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found: where in the text, and the sentence.

    ``said`` is the sentence without a language, of what an approval may leave open and keeps.
    """

    path: Path
    sentence: str
    severity: Weight = Weight.ERROR
    said: Said | None = None


def lacks(path: Path, code: str, /, *, severity: Weight = Weight.ERROR, **values: Value) -> Fault:
    """Return what a site has not: the fault with its code and values."""
    what = said(code, **values)
    return Fault(path, what.sentence, severity, what)


Check = Callable[[Outline], Iterator[Fault]]
CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under the code that its messages carry."""

    def register(function: Check) -> Check:
        if code in CHECKS:
            raise TypeError(f"Two checks share the code {code}.")
        CHECKS[code] = function
        return function

    return register


def twice(
    path: Path, parts: Sequence[Any], key: Callable[[Any], str]
) -> Iterator[tuple[Path, str]]:
    """Yield path and name of each part whose key an earlier one has."""
    seen: set[str] = set()
    for number, part in enumerate(parts):
        name = key(part)
        if paths.normal(name) in seen:
            yield (*path, number), name
        seen.add(paths.normal(name))
