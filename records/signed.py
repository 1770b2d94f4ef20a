"""What a signature in an entry is under, told once more: is it still the hash that was signed?

Each app tells it for its own kinds, where the whole of what was signed is still there. A kind that
nobody tells is signed under what is no longer as it was (a record that went on growing): its hash
can be compared with the export of that time only.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from mes.lib.evidence import JSON, content_hash
from mes.lib.refusals import NotFound
from records.entries import Payload
from records.folding import Folded

P = TypeVar("P", bound=Payload)
# Returns None where the signature is void: what it was under was corrected.
Told = Callable[[Folded[Any]], JSON]
_told: dict[type[Payload], Told] = {}


def signed_under(
    payload: type[P],
) -> Callable[[Callable[[Folded[P]], JSON]], Callable[[Folded[P]], JSON]]:
    """Register the function that returns what an entry's signature is under."""

    def register(function: Callable[[Folded[P]], JSON]) -> Callable[[Folded[P]], JSON]:
        _told[payload] = function
        return function

    return register


def hash_told(e: Folded[Any]) -> str | None:
    """Return the hash that an entry's signature must have; None where nobody can tell.

    What was signed and is gone gives a hash that no signature has.
    """
    function = _told.get(type(e.payload))
    if function is None:
        return None
    try:
        content = function(e)
    except NotFound:
        return ""
    return None if content is None else content_hash(content)
