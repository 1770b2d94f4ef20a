"""confirm: a person says that what the text asks for was done."""

from random import Random
from typing import Literal

from recipes.judging import Facts, Judged, judged
from recipes.step import StepBase

RULE, VERSION = "confirm.done", "1"


class Step(StepBase):
    """Nothing is entered; the act itself is the record."""

    kind: Literal["confirm"]


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Clear the step: it was due, and an authorised person did it."""
    return judged({}, rule=RULE, version=VERSION)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Confirm."""
    return dict.fromkeys(step.accepts(), "yes")
