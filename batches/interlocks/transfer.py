"""transfer: both containers are this patient's."""

from typing import cast

from batches.interlocks.identity import check_identity, container_of
from batches.models import Batch
from batches.work import Found, Work
from recipes.document import Placed
from recipes.kinds.transfer import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return source and target."""
    things = {name: container_of(batch, [values[name]]) for name in ("source", "target")}
    return Found(things=things, streams=tuple(set(things.values())))


def check(work: Work) -> None:
    """Source and target belong to this patient and are of the kinds asked for."""
    step = cast("Step", work.placed.step)
    for name, asked in (("source", step.from_), ("target", step.to)):
        check_identity(work, work.found.things[name], [work.values[name]], asked=asked)


def effect(work: Work) -> None:
    """The volume that went over stands in the step; the containers keep their identity."""
