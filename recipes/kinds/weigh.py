"""weigh: tare and gross are read from a balance; the system works out the net."""

from random import Random
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.enums import ContainerKind
from recipes.judging import Facts, Judged, judged
from recipes.likely import Likely, draw_number, rounded
from recipes.parts import Flag, Key, Limits, Limits2, UnitCode, decimal_text
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
    not_understood,
    with_comment,
)

RULE, VERSION = "weigh.limits", "1"


class Step(Commented):
    """On which balance (``as``) what is weighed; limits are those of the net.

    Without ``tare`` the balance was set to zero with the empty container, and gross is net.
    """

    fields: ClassVar[tuple[str, ...]] = ("unit", "container", "tare", "gross", "comment")

    kind: Literal["weigh"]
    as_: Key = Field(alias="as")
    what: ContainerKind | None = None
    tare: Flag = True
    unit: UnitCode
    limits: Limits | None = None
    plausible: Limits2 | None = None
    likely: Likely | None = None

    def accepts(self) -> tuple[str, ...]:
        """Return balance, container and tare where they are asked for, and gross."""
        left_out = {"container"} if self.what is None else set()
        left_out |= set() if self.tare else {"tare"}
        return tuple(name for name in self.fields if name not in left_out)

    def uses(self) -> tuple[Use, ...]:
        """Return the balance."""
        return (Use(Names.EQUIPMENT, self.as_, "as"),)

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of the limits, the plausible band and the distribution."""
        return (
            *limits_written(self.limits, unit=self.unit),
            *band_written(self.plausible, "plausible", unit=self.unit),
            *likely_written(self.likely, unit=self.unit),
        )

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the unit of the weights."""
        return (("unit", self.unit),)

    def unit_of_value(self) -> str | None:
        """Return the unit of the net."""
        return self.unit


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Work the net out and judge it. Raises ValueNotUnderstood for a net of zero or less,
    ValueImplausible outside the plausible band.
    """
    scanned = set(step.accepts()) & {"unit", "container"}
    codes: dict[str, str] = {name: as_code(values, name) for name in sorted(scanned)}
    gross = as_decimal(values, "gross")
    tare = as_decimal(values, "tare") if step.tare else gross - gross
    net = gross - tare
    if net <= 0 or tare < 0:
        raise not_understood("gross", _("gross is more than tare."))
    check_plausible(net, step.plausible, facts, field="gross")
    weights = {"tare": decimal_text(tare)} if step.tare else {}
    weights |= {"gross": decimal_text(gross), "value": decimal_text(net)}
    findings = against(net, step.limits, facts, field="value")
    kept = with_comment(values, {**codes, **weights})
    seen = step.limits is not None
    return judged(kept, rule=RULE, version=VERSION, findings=findings, seen=seen)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Draw a net by the recipe's distribution; an empty container weighs a tenth of it."""
    drawn = draw_number(step.likely, facts, luck, limits=step.limits, plausible=step.plausible)
    net = max(drawn, 0.001)
    tare = round(net / 10, 3) if step.tare else 0.0
    given = {"unit": "BALANCE", "container": "CONTAINER", "tare": rounded(tare, 3),
             "gross": rounded(tare + max(round(net, 3), 0.001), 3)}  # fmt: skip
    return {name: given[name] for name in step.accepts() if name in given}
