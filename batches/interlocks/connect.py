"""connect: each end is this patient's container, a lot that may be used, or a unit of ours."""

from decimal import Decimal
from functools import partial
from typing import cast
from uuid import UUID

from batches.interlocks import units
from batches.interlocks.identity import check_identity, container_of
from batches.models import Batch
from batches.work import Found, Work, refuse
from materials.models import Lot
from materials.rules import lot_refusals
from materials.selectors import lot_scanned
from recipes.document import Placed
from recipes.kinds.connect import End, Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return what each end is, and the welder where there is one."""
    step = cast("Step", placed.step)
    things = {name: _end(batch, placed, end, values[name], name) for name, end in step.ends}
    if step.as_ is not None:
        things["unit"] = units.unit_scanned(batch, placed, values["unit"])
    return Found(things=things, streams=tuple(dict.fromkeys(things.values())))


def _end(batch: Batch, placed: Placed, end: End, code: str, field: str) -> UUID:
    if end.container is not None:
        return container_of(batch, [code])
    if end.material is not None:
        return lot_scanned(code, streams=[batch.id]).id
    return units.unit_scanned(batch, placed, code, field=field)


def check(work: Work) -> None:
    """Identity of containers is absolute; lots and units are checked as where they are used."""
    step = cast("Step", work.placed.step)
    for name, end in step.ends:
        _check_end(work, name, end)
    if step.as_ is not None:
        units.check_unit(work, work.found.things["unit"], step.as_)


def _check_end(work: Work, name: str, end: End) -> None:
    thing = work.found.things[name]
    if end.container is not None:
        check_identity(work, thing, [work.values[name]], asked=end.container)
    elif end.material is not None:
        lot, streams = Lot.objects.get(id=thing), [work.batch.id, thing]
        # Nothing is taken yet: ``add`` says how much.
        for refusal in lot_refusals(lot, end.material, Decimal(0), at=work.at, streams=streams):
            work.interlock(partial(refuse, refusal))
    elif end.equipment is not None:
        units.check_unit(work, thing, end.equipment)


def effect(work: Work) -> None:
    """Occupy a welder whose stage has no line clearance of its own."""
    step = cast("Step", work.placed.step)
    if step.as_ is not None:
        units.occupy(work, work.found.things["unit"], step.as_)
