"""Operations of the library: what is pinned is what stands in the recipe."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from mes.lib import evidence
from recipes.outline import Fault, Outline, check


@check("operation.differs")
def pinned_operations_are_unchanged(outline: Outline) -> Iterator[Fault]:
    """An operation that says it is the library's is, letter by letter."""
    for place in outline.operations:
        pin = place.operation.pinned
        if pin is None or evidence.content_hash(place.operation.reusable()) == pin.hash:
            continue
        sentence = _(
            "This is no longer %(name)s v%(number)s of the library: undo what differs, or take the"
            " pin away."
        )
        said = {"name": pin.operation, "number": pin.version}
        yield Fault((*place.path, "pinned"), sentence % said)
