"""transfer: material goes from one container into another."""

from random import Random
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.enums import ContainerKind
from recipes.judging import Facts, Judged, judged
from recipes.parts import decimal_text
from recipes.step import (
    Commented,
    Measure,
    Written,
    against,
    as_code,
    as_decimal,
    not_understood,
    with_comment,
)

RULE, VERSION = "transfer.volume", "1"


class Step(Commented):
    """From what kind of container into what, and how much."""

    fields: ClassVar[tuple[str, ...]] = ("source", "target", "volume", "comment")

    kind: Literal["transfer"]
    from_: ContainerKind = Field(alias="from")
    to: ContainerKind
    volume: Measure

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of the volume's limits and distribution."""
        return self.volume.written("volume")

    def units(self) -> tuple[str, ...]:
        """Return the volume's unit."""
        return (self.volume.unit,)

    def unit_of_value(self) -> str | None:
        """Return the unit of the volume that went over."""
        return self.volume.unit


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Judge the volume. Whose containers they are is asked under the lock by the batch.

    Raises ValueNotUnderstood for one container given twice, or a volume of zero or less.
    """
    source, target = as_code(values, "source"), as_code(values, "target")
    if source == target:
        raise not_understood("target", _("source and target are one container."))
    volume = as_decimal(values, "volume")
    if volume <= 0:
        raise not_understood("volume", _("more than nothing is asked for."))
    findings = against(volume, step.volume.limits, facts, field="volume")
    kept = {"source": source, "target": target, "volume": decimal_text(volume)}
    seen = step.volume.limits is not None
    return judged(
        with_comment(values, kept), rule=RULE, version=VERSION, findings=findings, seen=seen
    )


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Draw a volume; the containers are any two."""
    volume = step.volume.draw(facts, luck, default=10)
    return {"source": "SOURCE", "target": "TARGET", "volume": volume}
