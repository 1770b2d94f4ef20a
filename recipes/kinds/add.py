"""add: a quantity of a lot goes into the batch."""

from decimal import Decimal
from random import Random
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import Severity
from recipes.judging import Facts, Finding, Judged, judged
from recipes.parts import Code, Expression, Misplaced, Number, UnitCode, decimal_text
from recipes.step import (
    Commented,
    Names,
    Use,
    Written,
    as_code,
    as_decimal,
    not_understood,
    with_comment,
)

RULE, VERSION = "add.tolerance", "1"


class Step(Commented):
    """A material and how much of it; ``tolerance`` is in per cent of the quantity."""

    fields: ClassVar[tuple[str, ...]] = ("lot", "quantity", "comment")

    kind: Literal["add"]
    material: Code
    quantity: Expression | None = None
    unit: UnitCode
    tolerance: Annotated[Number, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _tolerance_of_what(self) -> "Step":
        if self.tolerance is not None and self.quantity is None:
            raise Misplaced(_("a tolerance needs the quantity that it is of"), "tolerance")
        return self

    def uses(self) -> tuple[Use, ...]:
        """Return the material."""
        return (Use(Names.MATERIAL, self.material, "material"),)

    def written(self) -> tuple[Written, ...]:
        """Return the formula of the quantity."""
        return (Written(self.quantity, "quantity", self.unit),) if self.quantity else ()

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the quantity's unit."""
        return (("unit", self.unit),)

    def unit_of_value(self) -> str | None:
        """Return the unit of the quantity that was added."""
        return self.unit


def wanted(step: Step, facts: Facts) -> Decimal | None:
    """Return the quantity that the recipe asks for, None when it leaves it open."""
    return facts.evaluate(step.quantity) if step.quantity is not None else None


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Judge the quantity against the one asked for; exactly that, without a tolerance.

    Whether the lot is the material, released and in date is asked under the lock. Raises
    ValueNotUnderstood, also for a quantity of zero or less.
    """
    lot, quantity = as_code(values, "lot"), as_decimal(values, "quantity")
    if quantity <= 0:
        raise not_understood("quantity", _("more than nothing is asked for."))
    kept = with_comment(values, {"lot": lot, "quantity": decimal_text(quantity)})
    asked = wanted(step, facts)
    if asked is None:
        return judged(kept, rule=RULE, version=VERSION, seen=False)
    allowed = abs(asked) * (step.tolerance or Decimal(0)) / 100
    finding = Finding(
        "add.outside_tolerance",
        Severity.MAJOR if step.critical else Severity.MINOR,
        {"value": decimal_text(quantity), "asked": decimal_text(asked)},
    )
    off = abs(quantity - asked) > allowed
    return judged(kept, rule=RULE, version=VERSION, findings=(finding,) if off else ())


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Give what is asked for; the lot is any."""
    asked = wanted(step, facts)
    return {"lot": "LOT", "quantity": decimal_text(Decimal(1) if asked is None else asked)}
