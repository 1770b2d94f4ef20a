"""equip: the unit is this batch's by claim, of the right class, calibrated and clean."""

from typing import cast

from batches.exceptions import UnitUnknown, WrongUnit
from batches.models import Batch
from batches.work import Found, Work
from equipment.enums import ResourceKind
from equipment.models import Claim, Unit
from equipment.rules import check_claimed, check_unit_usable
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
    work.interlock(lambda: _check_class(work, unit))
    work.interlock(lambda: _check_claimed(work, unit))
    work.interlock(lambda: check_unit_usable(unit, at=work.a.now, batch=work.batch.id))


def _check_claimed(work: Work, unit: Unit) -> None:
    check_claimed(unit.id, holder=work.batch.id, at=work.a.now)


def _need(work: Work) -> Need | None:
    alias = cast("Step", work.placed.step).as_
    held = work.recipe.needs_at(work.placed.stage.key)
    return next((need for need in held if need.alias == alias), None)


def _check_class(work: Work, unit: Unit) -> None:
    need = _need(work)
    if need is not None and unit.unit_class != need.class_:
        raise WrongUnit(
            unit=unit.code, found=unit.unit_class, asked=need.class_,
            claimed=_claimed_units(work),
        )  # fmt: skip


def _claimed_units(work: Work) -> str:
    claims = Claim.objects.of(work.batch.id).live().filter(resource_kind=ResourceKind.UNIT)
    return ", ".join(sorted({claim.resource_label for claim in claims})) or "–"


def effect(work: Work) -> None:
    """The unit was occupied with its place at line clearance; the step binds its alias."""
