"""A signature as a value: it stands in the payload of the entry that it belongs to.

The ceremony (who may sign, both components) is the business of ``accounts``.
"""

from uuid import UUID

from records.entries import Instant, Value


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
