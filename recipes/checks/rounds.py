"""Values of a certain round of a loop: ``count[1]`` is the first, ``count[-1]`` the one before."""

import ast
from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.conditions import conditions
from recipes.faults import Fault
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import StepPlace


def of_no_round(outline: Outline) -> Iterator[Fault]:
    """Yield the names of rounds that may not come, or have not been yet.

    ``until`` may ask for a round before: without one its loop goes on.
    """
    for asked in conditions(outline):
        for name in _rounds(asked.text):
            if why := _missing(outline, name, asked.first, until=asked.loop):
                yield Fault(asked.path, why % {"name": name})
    for place in outline.all_steps:
        for written in outline.written(place):
            for name in _rounds(written.formula):
                if why := _missing(outline, name, place):
                    yield Fault((*place.path, *written.path), why % {"name": name})
    yield from _outside(outline)


def _outside(outline: Outline) -> Iterator[Fault]:
    for around, written in outline.outside():
        path: Path = (*around, *written.path)
        for name in _rounds(written.formula):
            if formulas.iteration_of(name) != 1:
                yield Fault(path, _("The round of %(name)s may not come.") % {"name": name})


def _rounds(formula: str) -> Iterator[str]:
    """Yield the names in a formula that say which round they mean."""
    if "[" in formula:
        nodes = ast.walk(formulas.parse(formula).tree)
        yield from dict.fromkeys(formulas.dotted(n) for n in nodes if isinstance(n, ast.Subscript))


def _missing(outline: Outline, name: str, place: StepPlace, *, until: bool = False) -> str:
    """Return why there is no such round, in a sentence; nothing where it has been."""
    meant = paths.find(formulas.bare(name), at=place.name, among=outline.by_name)
    wanted = formulas.iteration_of(name)
    if meant is None or wanted is None or wanted == 1:
        return ""
    if wanted > 1:
        if _rounds_of(meant) < wanted:
            return _("The round of %(name)s never comes.")
        return _("The round of %(name)s may not come: the loop may end before.")
    if not _in_one_loop(meant, place):
        return _("%(name)s counts backwards, which is asked for in the loop of that step only.")
    if until and _rounds_of(meant) > -wanted:
        return ""
    return _("In the first round there is no %(name)s: name the first, [1], or ask in until.")


def _looped(place: StepPlace) -> bool:
    return int(place.path[-1]) in place.operation.operation.looped


def _rounds_of(place: StepPlace) -> int:
    repeat = place.operation.operation.repeat
    return repeat.max if repeat is not None and _looped(place) else 1


def _in_one_loop(one: StepPlace, other: StepPlace) -> bool:
    return one.operation.path == other.operation.path and _looped(one) and _looped(other)
