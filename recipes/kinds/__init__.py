"""Kinds of steps: each module here is one, with its schema ``Step`` and its pure ``judge``.

Its ``draw`` gives what a plain day gives. A new kind is a new module; nothing else names them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from operator import or_
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.judging import Facts, Judged, ValueNotUnderstood, Values
from recipes.step import StepBase


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of step: its name, its schema, its judgement, and what a plain day gives."""

    name: str
    schema: type[StepBase]
    judge: Callable[[Any, dict[str, str], Facts], Judged]
    draw: Callable[[Any, Facts, Random], dict[str, str]]


def _load() -> dict[str, Kind]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = {name: import_module(f"{__name__}.{name}") for name in names}
    return {
        name: Kind(name, module.Step, module.judge, module.draw) for name, module in modules.items()
    }


KINDS = _load()

if TYPE_CHECKING:
    AnyStep = StepBase
else:
    AnyStep = Annotated[
        reduce(or_, (kind.schema for kind in KINDS.values())), Field(discriminator="kind")
    ]


def judge(step: StepBase, values: Values, facts: Facts) -> Judged:
    """Judge what was entered at a step, by the step's rule. Pure.

    Raises ValueNotUnderstood (also for a value that the step does not take),
    ValueImplausible, ValueMissing, TooEarly or GateClosed.
    """
    given = {name: value.strip() for name, value in values.items()}
    for name in given:
        if name not in step.accepts():
            raise ValueNotUnderstood(
                field=name, name=name, problem=_("this step takes no such value.")
            )
    return KINDS[step.kind].judge(step, given, facts)


def draw(step: StepBase, facts: Facts, luck: Random) -> dict[str, str]:
    """Return values that a plain day gives at a step, by the recipe's own chances. Pure.

    Raises ValueMissing when a formula names a value that is not there.
    """
    return KINDS[step.kind].draw(step, facts, luck)
