"""decide: who records the decision holds the role that the recipe names."""

from typing import cast

from accounts.permissions import role_title
from accounts.selectors import roles_of
from batches.exceptions import NotTheirDecision
from batches.models import Batch
from batches.work import Found, Work
from recipes.document import Placed
from recipes.kinds.decide import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """A decision touches nothing but the batch."""
    return Found()


def check(work: Work) -> None:
    """Ask the rows, not the session. Raises NotTheirDecision (absolute)."""
    role, actor = cast("Step", work.placed.step).role, work.a.actor
    if actor.person is None or actor.site is None:
        return
    if role not in roles_of(actor.person, actor.site):
        raise NotTheirDecision(
            role=role_title(role), person=actor.name, streams=[work.batch.id, actor.person]
        )


def effect(work: Work) -> None:
    """The decision stands in the step; conditions ask for it."""
