"""calculate: the system works a value out from others."""

from decimal import Decimal
from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recipes import arithmetic
from recipes.judging import Facts, Judged, judged
from recipes.parts import Expression, Limits, UnitCode, Whole, decimal_text
from recipes.step import Commented, Written, against, limits_written, with_comment

RULE, VERSION = "calculate.limits", "1"


class Step(Commented):
    """The formula, its unit, and how many decimals of it are kept (rounded half up)."""

    fields: ClassVar[tuple[str, ...]] = ("comment",)

    kind: Literal["calculate"]
    formula: Expression
    unit: UnitCode
    decimals: Annotated[Whole, Field(ge=0, le=12)] = 2
    limits: Limits | None = None

    def written(self) -> tuple[Written, ...]:
        """Return the formula and those of its limits."""
        own = Written(self.formula, "formula", self.unit)
        return (own, *limits_written(self.limits, unit=self.unit))

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the result's unit."""
        return (("unit", self.unit),)

    def unit_of_value(self) -> str | None:
        """Return the result's unit."""
        return self.unit


def result(step: Step, facts: Facts) -> Decimal:
    """Work the value out; raises ValueMissing or ValueNotUnderstood."""
    places = Decimal(step.decimals)
    return arithmetic.round_half_up(facts.evaluate(step.formula), places)


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Work the value out and judge it against its limits."""
    value = result(step, facts)
    findings = against(value, step.limits, facts, field="value")
    kept = with_comment(values, {"value": decimal_text(value)})
    return judged(kept, rule=RULE, version=VERSION, findings=findings)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Give nothing: the system works it out."""
    return {}
