"""Operations of the library: what is pinned is there, and is what stands in the recipe."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from mes.lib import evidence
from recipes.document import Operation, Pin
from recipes.faults import Fault, check
from recipes.outline import Outline


@check("operation.differs")
def pinned_operations_are_unchanged(outline: Outline) -> Iterator[Fault]:
    """An operation that says it is the library's is, letter by letter."""
    for place in outline.operations:
        pin = place.operation.pinned
        if pin is None or _unchanged(place.operation, pin):
            continue
        sentence = _(
            "This is no longer %(name)s v%(number)s of the library: undo what differs, or take the"
            " pin away."
        )
        said = {"name": pin.operation, "number": pin.version}
        yield Fault((*place.path, "pinned"), sentence % said)


def _unchanged(operation: Operation, pin: Pin) -> bool:
    return evidence.content_hash(operation.reusable()) == pin.hash


@check("operation.unknown")
def pinned_operations_are_of_the_library(outline: Outline) -> Iterator[Fault]:
    """What is pinned is a version that the site's library has, with that content.

    Anybody can write a hash that fits: only the library says that somebody approved it.
    """
    known = outline.site.operations if outline.site else None
    if known is None:
        return
    for place in outline.operations:
        pin = place.operation.pinned
        if pin is not None and pin not in known:
            yield from _unknown(place.operation, pin, known, path=(*place.path, "pinned"))


def _unknown(
    operation: Operation, pin: Pin, known: Collection[Pin], *, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Yield what of a pin is wrong; that the operation differs from its pin is said there."""
    numbers = sorted(one.version for one in known if one.operation == pin.operation)
    said = {"name": pin.operation, "number": pin.version, "known": ", ".join(map(str, numbers))}
    if not numbers:
        sentence = _("The library has no operation %(name)s: take one that it has, or take the pin"
                     " away.")  # fmt: skip
        yield Fault((*path, "operation"), sentence % said)
    elif pin.version not in numbers:
        sentence = _("The library has no version %(number)s of %(name)s; it has %(known)s.")
        yield Fault((*path, "version"), sentence % said)
    elif _unchanged(operation, pin):
        sentence = _("%(name)s v%(number)s of the library is another operation: take it from there,"
                     " or take the pin away.")  # fmt: skip
        yield Fault((*path, "hash"), sentence % said)
