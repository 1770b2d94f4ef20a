"""reading: a value is taken from an instrument: over its interface, or typed and marked."""

from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recipes.judging import Facts, Judged, judged
from recipes.likely import Likely, draw_number, rounded
from recipes.parts import Key, Limits, Limits2, Number, Text, UnitCode, Whole, decimal_text
from recipes.step import (
    Commented,
    Names,
    Use,
    Written,
    against,
    as_code,
    as_decimal,
    band_written,
    check_plausible,
    likely_written,
    limits_written,
    with_comment,
)

RULE, VERSION = "reading.limits", "1"


class Step(Commented):
    """What is read from which equipment (``as``): its quantity, unit and limits."""

    fields: ClassVar[tuple[str, ...]] = ("unit", "value", "comment")

    kind: Literal["reading"]
    as_: Key = Field(alias="as")
    what: Text
    unit: UnitCode
    decimals: Annotated[Whole, Field(ge=0, le=12)] | None = None
    target: Number | None = None
    limits: Limits | None = None
    plausible: Limits2 | None = None
    likely: Likely | None = None

    def uses(self) -> tuple[Use, ...]:
        """Return the equipment that is read."""
        return (Use(Names.EQUIPMENT, self.as_, "as"),)

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of the limits, the plausible band and the distribution."""
        return (
            *limits_written(self.limits, unit=self.unit),
            *band_written(self.plausible, "plausible", unit=self.unit),
            *likely_written(self.likely, unit=self.unit),
        )

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the unit of the reading."""
        return (("unit", self.unit),)

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return the step's texts and the name of what is read."""
        return (*super().texts_at(), ("what", self.what))

    def unit_of_value(self) -> str | None:
        """Return the unit of the reading."""
        return self.unit


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Judge the reading against its limits; raises ValueImplausible, ValueNotUnderstood.

    Whether the instrument was in calibration is asked under the lock: its reading is then kept
    and marked, and no rule clears the step (21 CFR 11.10(h)).
    """
    code, value = as_code(values, "unit"), as_decimal(values, "value")
    check_plausible(value, step.plausible, facts, field="value")
    findings = against(value, step.limits, facts, field="value")
    kept = with_comment(values, {"unit": code, "value": decimal_text(value)})
    seen = step.limits is not None
    return judged(kept, rule=RULE, version=VERSION, findings=findings, seen=seen)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Draw a reading by the recipe's distribution; the instrument is any."""
    drawn = draw_number(
        step.likely, facts, luck, target=step.target, limits=step.limits, plausible=step.plausible
    )
    return {"unit": "UNIT", "value": rounded(drawn, step.decimals)}
