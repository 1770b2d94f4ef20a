"""clear: line clearance, before and after a patient."""

from random import Random
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.judging import Facts, Judged, judged
from recipes.parts import Key, Part, Text
from recipes.step import StepBase, not_understood

RULE, VERSION = "clear.checked", "1"


class Check(Part):
    """One thing to look at before the line is clear."""

    key: Key
    text: Text


class Step(StepBase):
    """The checks, each confirmed by itself; ``after`` ends the place's occupation."""

    kind: Literal["clear"]
    when: Literal["before", "after"]
    checks: Annotated[tuple[Check, ...], Field(min_length=1, max_length=30)]

    def accepts(self) -> tuple[str, ...]:
        """Return the key of each check."""
        return tuple(check.key for check in self.checks)

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return the step's texts and those of its checks."""
        own = ((f"checks.{number}.text", one.text) for number, one in enumerate(self.checks))
        return (*super().texts_at(), *own)


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Clear the line when each check says ``yes``; raises ValueNotUnderstood otherwise."""
    for check in step.accepts():
        if values.get(check) != "yes":
            raise not_understood(check, _("the line is not clear until this is confirmed."))
    return judged(dict.fromkeys(step.accepts(), "yes"), rule=RULE, version=VERSION)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Confirm each check."""
    return dict.fromkeys(step.accepts(), "yes")
