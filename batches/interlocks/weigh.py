"""weigh: the balance is ours, calibrated; the container is this patient's."""

from typing import cast

from batches.interlocks import units
from batches.interlocks.identity import check_identity, container_of
from batches.models import Batch
from batches.work import Found, Work
from recipes.document import Placed
from recipes.kinds.weigh import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the balance, and the container where one is asked for."""
    things = {"unit": units.unit_scanned(batch, placed, values["unit"])}
    if "container" in values:
        things["container"] = container_of(batch, [values["container"]])
    return Found(things=things, streams=tuple(things.values()))


def check(work: Work) -> None:
    """An uncalibrated balance weighs nothing; whose container it is, is absolute."""
    step = cast("Step", work.placed.step)
    units.check_unit(work, work.found.things["unit"], step.as_)
    if step.what is not None:
        container = work.found.things["container"]
        check_identity(work, container, [work.values["container"]], asked=step.what)


def effect(work: Work) -> None:
    """Occupy a balance whose stage has no line clearance of its own."""
    units.occupy(work, work.found.things["unit"], cast("Step", work.placed.step).as_)
