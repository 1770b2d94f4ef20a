"""sample: a sample is drawn from the batch for tests."""

from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recipes.enums import ContainerKind
from recipes.judging import Facts, Judged, judged
from recipes.parts import Key, Span, decimal_text
from recipes.step import (
    Commented,
    Measure,
    Names,
    Use,
    Written,
    against,
    as_code,
    with_comment,
)

RULE, VERSION = "sample.volume", "1"


class Step(Commented):
    """Which tests the sample is for, and how much is drawn.

    ``from`` names the container that it is drawn from: its code is scanned, and the volume is
    charged to it. ``hold`` is the most time from drawing to the test.
    """

    fields: ClassVar[tuple[str, ...]] = ("source", "volume", "label", "comment")

    kind: Literal["sample"]
    tests: Annotated[tuple[Key, ...], Field(max_length=40)] = ()
    volume: Measure
    from_: ContainerKind | None = Field(default=None, alias="from")
    hold: Span | None = None

    def accepts(self) -> tuple[str, ...]:
        """Return volume and label, and the code of what it is drawn from where that is asked."""
        return tuple(name for name in self.fields if name != "source" or self.from_ is not None)

    def uses(self) -> tuple[Use, ...]:
        """Return the tests."""
        return tuple(
            Use(Names.TEST, test, f"tests.{number}") for number, test in enumerate(self.tests)
        )

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of the volume's limits and distribution."""
        hold = (Written(self.hold, "hold"),) if isinstance(self.hold, str) else ()
        return (*self.volume.written("volume"), *hold)

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the volume's unit."""
        return (("volume.unit", self.volume.unit),)

    def unit_of_value(self) -> str | None:
        """Return the unit of the volume that was drawn."""
        return self.volume.unit


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Judge the volume.

    Raises ValueNotUnderstood for none or less than none, ValueImplausible outside the band.
    """
    label, volume = as_code(values, "label"), step.volume.read(values, facts, field="volume")
    findings = against(volume, step.volume.limits, facts, field="volume")
    source = {"source": as_code(values, "source")} if step.from_ is not None else {}
    kept = with_comment(values, {**source, "volume": decimal_text(volume), "label": label})
    seen = step.volume.limits is not None
    return judged(kept, rule=RULE, version=VERSION, findings=findings, seen=seen)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Draw a volume; the label is any."""
    given = {"volume": step.volume.draw(facts, luck, default=1), "label": "SAMPLE"}
    return given if step.from_ is None else {**given, "source": "SOURCE"}
