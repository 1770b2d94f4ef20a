"""reading: the instrument is ours; out of calibration its reading is kept and marked."""

from functools import partial
from typing import cast

from batches.interlocks import units
from batches.models import Batch
from batches.work import Found, Work, refuse
from equipment.exceptions import UnitOutOfCalibration
from recipes.document import Placed
from recipes.enums import Severity
from recipes.judging import Finding
from recipes.kinds.reading import Step

OUT_OF_CALIBRATION = "reading.out_of_calibration"
TYPED = "typed"


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the instrument."""
    unit = units.unit_scanned(batch, placed, values["unit"])
    return Found(things={"unit": unit}, streams=(unit,))


def check(work: Work) -> None:
    """Claim, class, status and cleaning refuse; a lapsed calibration marks (P11-10h).

    The value came through the hands of a person, and says so.
    """
    unit, alias = work.found.things["unit"], cast("Step", work.placed.step).as_
    units.check_ours(work, unit, alias)
    for refusal in units.unfit(work, unit, alias):
        if isinstance(refusal, UnitOutOfCalibration):
            said = {name: str(refusal.params[name]) for name in ("unit", "due")}
            work.mark(Finding(OUT_OF_CALIBRATION, Severity.MAJOR, said))
        else:
            work.interlock(partial(refuse, refusal))
    work.keep("source_of_value", TYPED)


def effect(work: Work) -> None:
    """Occupy an instrument whose stage has no line clearance of its own."""
    units.occupy(work, work.found.things["unit"], cast("Step", work.placed.step).as_)
