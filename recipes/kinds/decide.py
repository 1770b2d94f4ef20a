"""decide: somebody whose role it is decides how the batch goes on, and says why."""

from random import Random
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.enums import Severity
from recipes.judging import Facts, Finding, Judged, judged
from recipes.likely import draw_choice
from recipes.parts import Choice, Key, Text
from recipes.step import Commented, choices_at, not_understood, required

RULE, VERSION = "decide.named", "1"


class Step(Commented):
    """The ways that are open, and the role that decides; a reason is always asked for.

    Conditions of later parts ask for the key of the way that was chosen.
    """

    fields: ClassVar[tuple[str, ...]] = ("choice", "comment")

    kind: Literal["decide"]
    role: Key
    options: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=10)]

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return the step's texts and those of the ways."""
        return (*super().texts_at(), *choices_at("options", self.options))


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Keep the decision with its reason; a way that the recipe marks is an exception.

    Whether the person holds the role is asked under the lock. Raises ValueNotUnderstood for an
    unknown way or no reason.
    """
    chosen = required(values, "choice")
    option = next((option for option in step.options if option.key == chosen), None)
    if option is None:
        raise not_understood("choice", _("this is none of the answers."))
    kept = {"choice": chosen, "comment": required(values, "comment")}
    severity = Severity.MAJOR if step.critical else Severity.MINOR
    finding = Finding("choose.flagged", severity, {"choice": chosen})
    return judged(kept, rule=RULE, version=VERSION, findings=(finding,) if option.flag else ())


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Decide by the recipe's chances."""
    return {"choice": draw_choice(step.options, luck), "comment": "as foreseen"}
