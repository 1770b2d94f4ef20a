"""equip: the unit is this batch's by claim, of the right class, calibrated and clean."""

from functools import partial
from typing import cast
from uuid import UUID

from batches.exceptions import UnitUnknown
from batches.interlocks import holding
from batches.models import Batch
from batches.work import Found, Work, refuse
from equipment.enums import ClaimState
from equipment.models import Unit
from equipment.rules import check_claimed, unit_refusals
from equipment.services import claims as claiming
from materials.selectors import scanned_text
from recipes.document import Need, Placed
from recipes.kinds.equip import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the unit whose code was scanned. Raises UnitUnknown, recorded."""
    code = scanned_text(values["unit"])
    unit = Unit.objects.filter(code=code).first() or Unit.objects.filter(barcode=code).first()
    if unit is None:
        raise UnitUnknown(field="unit", scanned=code, step=placed.path, streams=[batch.id])
    return Found(things={"unit": unit.id}, streams=(unit.id,))


def check(work: Work) -> None:
    """Claim, class, status, calibration and cleaning, each by its own refusal."""
    unit = Unit.objects.get(id=work.found.things["unit"])
    need = _need(work)
    asked = need.class_ if need else None
    # A claim that has not begun is judged when it begins, see ``effect``.
    if not _waiting(work):
        work.interlock(lambda: _check_claimed(work, unit))
    for refusal in unit_refusals(unit, at=work.a.now, unit_class=asked, batch=work.batch.id):
        work.interlock(partial(refuse, refusal))


def _waiting(work: Work) -> list[UUID]:
    """Return the batch's own claims on the unit for this need that have not begun."""
    need = _need(work)
    mine = holding.claims_for(work.batch, [need] if need else [], states=ClaimState.waiting)
    return [claim.id for claim in mine if claim.resource == work.found.things["unit"]]


def _check_claimed(work: Work, unit: Unit) -> None:
    check_claimed(unit.id, holder=work.batch.id, at=work.a.now)


def _need(work: Work) -> Need | None:
    alias = cast("Step", work.placed.step).as_
    held = work.recipe.needs_at(work.placed.stage.key)
    return next((need for need in held if need.alias == alias), None)


def effect(work: Work) -> None:
    """Occupy a unit whose stage has no line clearance of its own (a carried counter)."""
    claiming.occupy(work.a, _waiting(work))
