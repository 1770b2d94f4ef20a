"""equip: a unit of equipment is scanned and bound to the stage's alias."""

from random import Random
from typing import ClassVar, Literal

from pydantic import Field

from recipes.judging import Facts, Judged, judged
from recipes.parts import Key
from recipes.step import Names, StepBase, Use, as_code

RULE, VERSION = "equip.read", "1"


class Step(StepBase):
    """``as`` names the equipment that the stage, or a stage before that holds it, claims."""

    fields: ClassVar[tuple[str, ...]] = ("unit",)

    kind: Literal["equip"]
    as_: Key = Field(alias="as")

    def uses(self) -> tuple[Use, ...]:
        """Return the equipment that is bound."""
        return (Use(Names.EQUIPMENT, self.as_, "as"),)


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Read the unit's code. Whether it is ours and fit is asked under the lock by the batch."""
    return judged({"unit": as_code(values, "unit")}, rule=RULE, version=VERSION)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Scan any unit."""
    return {"unit": "UNIT"}
