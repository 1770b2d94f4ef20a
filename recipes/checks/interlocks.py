"""Interlocks that a recipe makes absolute: they exist, and stand before one of its steps."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes.faults import Fault, check
from recipes.interlocks import ALWAYS, STANDS
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import StepPlace


def _named(outline: Outline) -> Iterator[tuple[Path, str, tuple[StepPlace, ...]]]:
    """Yield each name with its place, and the steps for which it is said."""
    for number, name in enumerate(outline.recipe.absolute):
        yield ("absolute", number), name, outline.all_steps
    for place in outline.all_steps:
        for number, name in enumerate(place.step.absolute):
            yield (*place.path, "absolute", number), name, (place,)


@check("absolute.unknown")
def absolute_interlocks_are_known(outline: Outline) -> Iterator[Fault]:
    """What a recipe makes absolute is an interlock that stands before steps."""
    for path, name, _steps in _named(outline):
        if name not in STANDS and name not in ALWAYS:
            sentence = _("There is no interlock %(name)s; there are %(known)s.")
            yield Fault(path, sentence % {"name": name, "known": ", ".join(sorted(STANDS))})


@check("absolute.idle")
def absolute_interlocks_stand_somewhere(outline: Outline) -> Iterator[Fault]:
    """What a recipe makes absolute could be conceded without it, at one of these steps."""
    for path, name, steps in _named(outline):
        if name in ALWAYS:
            sentence = _("Nobody can concede %(name)s in any recipe: leave it out.")
            yield Fault(path, sentence % {"name": name}, Weight.WARNING)
        elif name in STANDS and not any(STANDS[name](outline, place) for place in steps):
            sentence = _("The interlock %(name)s never stands before this.")
            if len(path) == 2:
                sentence = _("The interlock %(name)s stands before no step of this recipe.")
            yield Fault(path, sentence % {"name": name}, Weight.WARNING)
