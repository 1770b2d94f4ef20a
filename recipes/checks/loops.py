"""Loops that come to an end."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.checks.conditions import is_beyond
from recipes.conditions import Asked, always, conditions
from recipes.faults import Fault, check
from recipes.outline import Outline
from recipes.places import StepPlace, field_of


@check("repeat.never_ends")
def loops_end(outline: Outline) -> Iterator[Fault]:
    """A loop waits for something that it changes and that can come true."""
    for asked in conditions(outline):
        inside = list(_inside(outline, asked)) if asked.loop else []
        if not inside:
            continue  # the last step of its group is not there, or is before the first
        if not _changed(outline, inside) & {asked.absolute(name) for name in asked.names}:
            sentence = _("Nothing in the loop changes what it waits for, so it cannot end by it.")
            yield Fault(asked.path, sentence)
        elif not is_beyond(outline, asked) and always(outline, asked) is False:
            yield Fault(asked.path, _("This never holds, so the loop cannot end by it."))


def _changed(outline: Outline, inside: Sequence[StepPlace]) -> set[str]:
    """Return the steps whose values differ from one round to the next, by their full names.

    What is worked out does when something that it is worked out of does.
    """
    waiting: dict[str, list[str]] = defaultdict(list)
    found: set[str] = set()
    for place in inside:
        own, formula = paths.normal(place.name), field_of(place.step, "formula")
        read = formulas.parse(formula) if formula is not None else None
        if read is None:
            found.add(own)
            continue
        names = (*read.names, *(name for name, _key in read.words))
        for name in (paths.absolute(one, at=own) for one in names if not paths.space_of(one)):
            waiting[name].append(own)
            found |= {own} & {name}  # it goes on from what it was in the round before
    left = list(found)
    while left:
        for name in waiting.pop(left.pop(), ()):
            found.add(name)
            left.append(name)
    return found


def _inside(outline: Outline, asked: Asked) -> Iterator[StepPlace]:
    place = asked.first.operation
    steps, repeat = outline.steps_of(place), place.operation.repeat
    first = repeat.first if repeat else None
    begun = first is None
    for step in steps:
        begun = begun or step.step.key == first
        if begun and step.number <= asked.first.number:
            yield step


@check("repeat.group")
def groups_have_two_ends(outline: Outline) -> Iterator[Fault]:
    """The steps that bound a repeated group are of the operation, the first before the last."""
    for place in outline.operations:
        repeat = place.operation.repeat
        keys = [step.key for step in place.operation.steps]
        if repeat is None or repeat.first is None or repeat.last is None:
            continue
        missing = [f for f in ("first", "last") if getattr(repeat, f) not in keys]
        for field in missing:
            sentence = _("There is no step %(name)s in this operation.")
            path = (*place.path, "repeat", field)
            yield Fault(path, sentence % {"name": getattr(repeat, field)})
        if not missing and keys.index(repeat.first) > keys.index(repeat.last):
            yield Fault((*place.path, "repeat", "last"), _("The last step comes before the first."))
