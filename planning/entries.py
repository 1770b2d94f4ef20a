"""Entry kinds of plans and of the site's board."""

from uuid import UUID

from equipment.entries import StageSpan
from records.entries import Instant, Payload, Value, entry

PLAN = "plan"
BOARD = "plan-board"


class PlanBooking(Value):
    """A claim to be made when the plan is accepted."""

    kind: str
    resource: UUID
    label: str
    alias: str
    stages: tuple[StageSpan, ...]
    start: Instant
    work_end: Instant
    end: Instant
    exclusive: bool


@entry("plan-board.opened", version=1, stream=BOARD)
class BoardOpened(Payload):
    """The site's board begins: it numbers plans and counts what was accepted."""


@entry("plan-board.numbered", version=1, stream=BOARD)
class PlanNumbered(Payload):
    """The board gave a plan its number."""

    plan: UUID
    number: int


@entry("plan-board.changed", version=1, stream=BOARD)
class BoardChanged(Payload):
    """A plan was accepted; proposals that were computed before are outdated."""

    plan: UUID
    becomes: int


@entry("plan.requested", version=1, stream=PLAN)
class PlanRequested(Payload):
    """Somebody asks for a plan for a batch."""

    number: int
    batch: UUID
    batch_label: str
    batch_mark: str


@entry("plan.proposed", version=1, stream=PLAN)
class PlanProposed(Payload):
    """A proposal on version ``base`` of the board. ``replaces`` are the batch's own claims
    that have not begun: they are given back when the plan is accepted."""

    base: int
    stages: tuple[StageSpan, ...]
    bookings: tuple[PlanBooking, ...]
    replaces: tuple[UUID, ...]


@entry("plan.failed", version=1, stream=PLAN)
class PlanFailed(Payload):
    """No plan is possible on version ``base``: code and parameters of what is missing."""

    base: int
    code: str
    params: dict[str, str | int | bool | None]


@entry("plan.accepted", version=1, stream=PLAN)
class PlanAccepted(Payload):
    """A planner accepted the proposal; its claims were made in the same act."""

    claims: tuple[UUID, ...]


@entry("plan.rejected", version=1, stream=PLAN)
class PlanRejected(Payload):
    """A planner does not want this one."""

    reason: str


@entry("plan.superseded", version=1, stream=PLAN)
class PlanSuperseded(Payload):
    """A new request for the batch took this one's place."""

    by: UUID
