"""What may become of a plan: one table, no ORM."""

from typing import Final

from planning.enums import PlanState

S = PlanState

TRANSITIONS: Final[dict[PlanState, frozenset[PlanState]]] = {
    S.REQUESTED: frozenset({S.PROPOSED, S.FAILED, S.REJECTED, S.SUPERSEDED}),
    S.PROPOSED: frozenset({S.PROPOSED, S.FAILED, S.ACCEPTED, S.REJECTED, S.SUPERSEDED}),
    S.FAILED: frozenset({S.REJECTED, S.SUPERSEDED}),
    S.ACCEPTED: frozenset(),
    S.REJECTED: frozenset(),
    S.SUPERSEDED: frozenset(),
}


def may_become(state: str, new: PlanState) -> bool:
    """Whether a plan in ``state`` may become ``new``."""
    return new in TRANSITIONS[PlanState(state)]
