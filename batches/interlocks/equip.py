"""equip: the unit is this batch's by claim, of the right class, calibrated and clean."""

from typing import cast

from batches.interlocks import units
from batches.models import Batch
from batches.work import Found, Work
from recipes.document import Placed
from recipes.kinds.equip import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the unit whose code was scanned. Raises UnitUnknown, recorded."""
    unit = units.unit_scanned(batch, placed, values["unit"])
    return Found(things={"unit": unit}, streams=(unit,))


def check(work: Work) -> None:
    """Claim, class, status, calibration and cleaning, each by its own refusal."""
    units.check_unit(work, work.found.things["unit"], cast("Step", work.placed.step).as_)


def effect(work: Work) -> None:
    """Occupy a unit whose stage has no line clearance of its own."""
    units.occupy(work, work.found.things["unit"], cast("Step", work.placed.step).as_)
