"""Whose unit is it, and is it fit: asked by every kind of step that works with one."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from batches.exceptions import UnitUnknown
from batches.interlocks import holding
from batches.models import Batch
from batches.work import Work, refuse
from equipment.enums import ClaimState
from equipment.models import Unit
from equipment.rules import check_claimed, unit_refusals
from equipment.services import claims as claiming
from materials.selectors import scanned_text
from mes.lib.refusals import Refusal
from recipes.document import Need, Placed


def unit_scanned(batch: Batch, placed: Placed, scanned: str, *, field: str = "unit") -> UUID:
    """Return the unit whose code was scanned. Raises UnitUnknown, recorded."""
    code = scanned_text(scanned)
    unit = Unit.objects.filter(code=code).first() or Unit.objects.filter(barcode=code).first()
    if unit is None:
        raise UnitUnknown(field=field, scanned=code, step=placed.path, streams=[batch.id])
    return unit.id


def check_unit(work: Work, unit: UUID, alias: str) -> None:
    """Claim, class, status, calibration and cleaning, each by its own refusal."""
    check_ours(work, unit, alias)
    for refusal in unfit(work, unit, alias):
        work.interlock(partial(refuse, refusal))


def check_ours(work: Work, unit: UUID, alias: str) -> None:
    """The unit is this batch's by claim. One that has not begun is judged when it begins."""
    if not waiting(work, unit, alias):
        work.interlock(lambda: _check_claimed(work, unit))


def unfit(work: Work, unit: UUID, alias: str) -> Iterator[Refusal]:
    """Yield every reason why the unit may not be used now."""
    need = _need(work, alias)
    seen = Unit.objects.get(id=unit)
    asked = need.class_ if need else None
    yield from unit_refusals(seen, at=work.at, unit_class=asked, batch=work.batch.id)


def waiting(work: Work, unit: UUID, alias: str) -> list[UUID]:
    """Return the batch's own claims on the unit for this need that have not begun."""
    need = _need(work, alias)
    mine = holding.claims_for(work.batch, [need] if need else [], states=ClaimState.waiting)
    return [claim.id for claim in mine if claim.resource == unit]


def occupy(work: Work, unit: UUID, alias: str) -> None:
    """Occupy a unit whose stage has no line clearance of its own (a carried counter)."""
    claiming.occupy(work.a, waiting(work, unit, alias))


def _check_claimed(work: Work, unit: UUID) -> None:
    check_claimed(unit, holder=work.batch.id, at=work.a.now)


def _need(work: Work, alias: str) -> Need | None:
    held = work.recipe.needs_at(work.placed.stage.key)
    return next((need for need in held if need.alias == alias), None)
