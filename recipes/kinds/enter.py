"""enter: a value is read and entered, and judged against its limits."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import ValueType
from recipes.judging import Facts, Judged, judged
from recipes.likely import Likely, draw_number, rounded
from recipes.parts import Limits, Limits2, Misplaced, Number, UnitCode, Whole, decimal_text
from recipes.step import (
    Commented,
    Written,
    against,
    as_decimal,
    band_written,
    check_plausible,
    likely_written,
    limits_written,
    not_understood,
    required,
    with_comment,
)

RULE, VERSION = "enter.limits", "1"
NUMERIC = (ValueType.DECIMAL, ValueType.INTEGER)
OF_NUMBERS = ("unit", "target", "limits", "plausible", "decimals", "likely")


class Step(Commented):
    """A value with unit and limits. ``exponent`` is printed beside the field.

    With exponent 8 a person types 1.05 for 1.05e8; what is kept is 105000000.
    """

    fields: ClassVar[tuple[str, ...]] = ("value", "comment")

    kind: Literal["enter"]
    value: ValueType
    unit: UnitCode | None = None
    decimals: Annotated[Whole, Field(ge=0, le=12)] | None = None
    exponent: Annotated[Whole, Field(ge=-12, le=12)] = 0
    target: Number | None = None
    limits: Limits | None = None
    plausible: Limits2 | None = None
    likely: Likely | None = None

    @model_validator(mode="after")
    def _only_numbers_have_limits(self) -> "Step":
        given = [name for name in OF_NUMBERS if getattr(self, name) is not None]
        if self.value not in NUMERIC and given:
            raise Misplaced(_("only a number has a unit, a target or limits"), given[0])
        return self

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of the limits, the plausible band and the distribution."""
        return (
            *limits_written(self.limits, unit=self.unit),
            *band_written(self.plausible, "plausible", unit=self.unit),
            *likely_written(self.likely, unit=self.unit),
        )

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the value's unit."""
        return (("unit", self.unit),) if self.unit else ()

    def unit_of_value(self) -> str | None:
        """Return the unit of the value; 1 for a number without unit."""
        return (self.unit or "1") if self.value in NUMERIC else None


def _number(step: Step, values: dict[str, str]) -> Decimal:
    typed = as_decimal(values, "value")
    if step.value == ValueType.INTEGER and typed != typed.to_integral_value():
        raise not_understood("value", _("a whole number is asked for."))
    places = -int(typed.as_tuple().exponent)
    if step.decimals is not None and places > step.decimals:
        raise not_understood(
            "value", _("at most %(most)s decimals are asked for.") % {"most": step.decimals}
        )
    return typed.scaleb(step.exponent)


def _date(values: dict[str, str]) -> str:
    try:
        return date.fromisoformat(required(values, "value")).isoformat()
    except ValueError as error:
        raise not_understood("value", _("a date such as 2026-11-22 is asked for.")) from error


def _text(values: dict[str, str]) -> str:
    text = required(values, "value")
    if len(text) > 2000:
        raise not_understood("value", _("at most 2000 characters are kept."))
    return text


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Judge the value against alert and action limits.

    Raises ValueNotUnderstood, and ValueImplausible outside the plausible band. A text, a date
    or a number without limits is seen by no rule.
    """
    if step.value not in NUMERIC:
        read = _date(values) if step.value == ValueType.DATE else _text(values)
        kept = with_comment(values, {"value": read})
        return judged(kept, rule="enter.read", version=VERSION, seen=False)
    number = _number(step, values)
    check_plausible(number, step.plausible, facts, field="value")
    findings = against(number, step.limits, facts, field="value")
    kept = with_comment(values, {"value": decimal_text(number)})
    seen = step.limits is not None
    return judged(kept, rule=RULE, version=VERSION, findings=findings, seen=seen)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Draw a value by the recipe's distribution, typed as the field asks for it."""
    if step.value == ValueType.DATE:
        return {"value": facts.at.date().isoformat()}
    if step.value == ValueType.TEXT:
        return {"value": "as seen"}
    drawn = draw_number(
        step.likely, facts, luck, target=step.target, limits=step.limits, plausible=step.plausible
    )
    if step.value == ValueType.INTEGER:
        return {"value": rounded(drawn, 0)}
    return {"value": rounded(drawn / 10**step.exponent, step.decimals)}
