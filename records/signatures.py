"""A signature as a value: it stands in the payload of the entry that it belongs to.

The ceremony (who may sign, both components) is the business of ``accounts``.
"""

from uuid import UUID

from records.entries import Instant, Value

WHOLE = "record"


def covers(part: str, changed: str) -> bool:
    """Say whether a signature on ``part`` covers what was changed: itself, or a part of it.

    Parts are paths: an operation holds its steps, ``record`` holds all. Pure.
    """
    return part in (WHOLE, changed) or changed.startswith(f"{part}/")


class Signature(Value):
    """Person, printed name, role, meaning, time with zone, factors used, and what was shown.

    ``content_hash`` is ``mes.lib.evidence.content_hash`` of exactly what the signer saw;
    ``parts`` names the parts of the record that it covers (21 CFR 11.50, 11.70).
    """

    person: UUID
    printed_name: str
    role: str
    meaning: str
    at: Instant
    zone: str
    factors: tuple[str, ...]
    content_hash: str
    parts: tuple[str, ...] = ()
