"""The first compiler: tells before approval why a recipe could not be executed.

Each check is one function in ``recipes/checks``; this runs them all and gives each fault its
line and place. Pure. No check compares all steps, operations or stages with one another, so a
recipe of 5,000 steps takes less than two seconds, whatever its shape (``bench/shapes.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from recipes import checks, nodes, reader
from recipes.document import Recipe
from recipes.faults import CHECKS, Check, Fault
from recipes.messages import Message, RecipeNotReadable, Weight, errors
from recipes.nodes import Nodes
from recipes.outline import Outline
from recipes.site import Site

RANK = {Weight.ERROR: 0, Weight.WARNING: 1, Weight.NOTE: 2}
# One check says no more than this of a recipe: who has read so many corrects the cause.
MOST_OF_A_CHECK = 200
# What is said where a check itself broke; no recipe with this is approved.
NOT_CHECKED, NOT_CHECKED_HERE = "check.failed", "site.check_failed"
log = logging.getLogger(__name__)
# The checks that ask for the site: they find nothing without one.
SITE_CHECKS = frozenset({checks.plant.__name__, checks.laboratory.__name__})

__all__ = ["check_text", "checks", "compile_recipe", "errors", "of_the_site"]


def compile_recipe(
    recipe: Recipe, nodes: Nodes | None = None, site: Site | None = None
) -> tuple[Message, ...]:
    """Return all that the checks find, errors first, in the order of the text.

    With the nodes that the recipe was read from, each message carries its line. With a site
    described, what the site has not is found as well.
    """
    outline = Outline(recipe, site)
    data = nodes.data if nodes is not None else recipe.dump()
    found = [
        _message(found_by, fault, data, nodes) for code, check in CHECKS.items()
        for found_by, fault in _found(code, check, outline)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda m: (RANK[m.severity], m.line or 0)))


def _found(code: str, check: Check, outline: Outline) -> Iterator[tuple[str, Fault]]:
    """Yield what a check finds. One that breaks says so, and what it found until then is kept."""
    try:
        for fault in islice(check(outline), MOST_OF_A_CHECK):
            yield code, fault
    except Exception as error:  # noqa: BLE001 - a draft must be shown, whatever breaks
        broken = NOT_CHECKED_HERE if check.__module__ in SITE_CHECKS else NOT_CHECKED
        yield broken, Fault((), _not_checked(code, error))


def _not_checked(what: str, error: Exception) -> str:
    """Keep in the log what broke, and return what people are told.

    A draft of which nothing else can be said is still shown, so that its last change can be
    taken back.
    """
    log.error("the check of a recipe broke: %s", what, exc_info=error)
    return _("A part of the recipe could not be checked (%(what)s): take back the last change, "
             "and report this.") % {"what": what}  # fmt: skip


def of_the_site(message: Message) -> bool:
    """Tell whether a message is of what the site has not, and so not of the document itself."""
    check = CHECKS.get(message.code)
    own = check is not None and check.__module__ in SITE_CHECKS
    return own or message.code == NOT_CHECKED_HERE


def _message(code: str, fault: Fault, data: object, nodes: Nodes | None) -> Message:
    line, column = nodes.mark(fault.path) if nodes is not None else (None, None)
    return Message(
        code=code,
        path=reader.place(fault.path, data),
        sentence=fault.sentence,
        line=line,
        column=column,
        severity=fault.severity,
        at=fault.path,
        said=fault.said,
    )


def check_text(
    source: bytes | str, site: Site | None = None
) -> tuple[Recipe | None, tuple[Message, ...]]:
    """Read and compile a text. A text that is no recipe gives None and the reader's messages."""
    try:
        return check_nodes(nodes.read(source), site)
    except RecipeNotReadable as refusal:
        return None, refusal.messages


def check_nodes(
    found: Nodes, site: Site | None = None
) -> tuple[Recipe | None, tuple[Message, ...]]:
    """Read and compile plain data, such as a draft's, that may be no recipe yet."""
    try:
        read = reader.read_nodes(found)
    except RecipeNotReadable as refusal:
        return None, refusal.messages
    except Exception as error:  # noqa: BLE001 - a draft must be shown, whatever breaks
        return None, (Message(NOT_CHECKED, "", _not_checked("reader", error), *found.mark(())),)
    return read.recipe, compile_recipe(read.recipe, read.nodes, site)
