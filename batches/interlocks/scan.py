"""scan: the container proves by its codes that it is this patient's."""

from typing import cast

from batches.interlocks.identity import begin_clock, check_identity, container_of
from batches.models import Batch
from batches.work import Found, Work
from recipes.document import Placed
from recipes.kinds.scan import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the container that the codes name."""
    container = container_of(batch, list(values.values()))
    return Found(things={"container": container}, streams=(container,))


def check(work: Work) -> None:
    """Two identifiers fit one container of this patient, of the kind asked for."""
    step = cast("Step", work.placed.step)
    container = work.found.things["container"]
    # Not the comment, which a scan out of its time has as well.
    codes = [work.values[name] for name in step.accepts()]
    check_identity(work, container, codes, asked=step.what)


def effect(work: Work) -> None:
    """A scan moves nothing; it may begin a clock, such as that of a thawed bag."""
    begin_clock(work, [work.found.things["container"]])
