"""run: the unit is ours and fit; its own logbook shows which programme ran for whom."""

from typing import Any, cast

from batches.interlocks import units
from batches.interlocks.attach import check_file
from batches.models import Batch
from batches.work import Found, Work
from equipment.entries import UnitProgrammeEnded, UnitProgrammeStarted
from equipment.services.programmes import programme_ended, programme_started
from recipes.document import Placed
from recipes.kinds.run import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the unit whose code was scanned."""
    unit = units.unit_scanned(batch, placed, values["unit"])
    return Found(things={"unit": unit}, streams=(unit,))


def check(work: Work) -> None:
    """Before a start all that a unit must be; at its end only whose it is. The log was kept."""
    step = cast("Step", work.placed.step)
    unit = work.found.things["unit"]
    if step.does == "start":
        units.check_unit(work, unit, step.as_)
    else:
        units.check_ours(work, unit, step.as_)
    if step.log:
        check_file(work, "log")


def effect(work: Work) -> None:
    """Write the run into the unit's logbook (21 CFR 211.182)."""
    step = cast("Step", work.placed.step)
    unit, values = work.found.things["unit"], work.values
    units.occupy(work, unit, step.as_)
    mine: Any = {
        "programme": step.programme,
        "batch": work.batch.id,
        "batch_number": work.batch.number,
    }
    if step.does == "start":
        began = UnitProgrammeStarted(programme_version=step.version, **mine)
        programme_started(work.a, unit, began)
    else:
        ended = UnitProgrammeEnded(
            ended=values["ended"], alarms=int(values["alarms"]), log=values.get("log", ""), **mine
        )
        programme_ended(work.a, unit, ended)
