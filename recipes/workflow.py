"""The way of a recipe's version: one table of transitions, pure.

A version's document never changes: what is to be corrected is written as the next version. So
a version that was sent back is sent to review again as it is, or superseded by the next.
"""

from collections.abc import Mapping

from recipes.enums import VersionStatus
from recipes.exceptions import NotAllowedNow

S = VersionStatus
# Raised when a check is added or asks for more: a record says which compiler was content.
COMPILER_VERSION = "3"

TRANSITIONS: Mapping[VersionStatus, frozenset[VersionStatus]] = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.SUPERSEDED, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.APPROVED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.EFFECTIVE, S.WITHDRAWN}),
    S.EFFECTIVE: frozenset({S.SUPERSEDED, S.WITHDRAWN}),
    S.SUPERSEDED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


def can_become(now: str, then: VersionStatus) -> bool:
    """Tell whether a version may go from one status to another."""
    return then in TRANSITIONS[VersionStatus(now)]


def check_can_become(now: str, then: VersionStatus) -> None:
    """Raise NotAllowedNow when a version may not go from one status to the other."""
    if not can_become(now, then):
        raise NotAllowedNow(now=str(VersionStatus(now).label), then=str(then.label))
