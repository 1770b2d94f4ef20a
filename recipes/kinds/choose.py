"""choose: one of the recipe's answers."""

from random import Random
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.enums import Severity
from recipes.judging import Facts, Finding, Judged, judged
from recipes.likely import draw_choice
from recipes.parts import Choice, Text
from recipes.step import Commented, choices_at, not_understood, required, with_comment

RULE, VERSION = "choose.flag", "1"


class Step(Commented):
    """The answers; one with ``flag`` is an exception and asks for a comment."""

    fields: ClassVar[tuple[str, ...]] = ("choice", "comment")

    kind: Literal["choose"]
    options: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=20)]

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return the step's texts and those of its answers."""
        return (*super().texts_at(), *choices_at("options", self.options))


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Flag an answer that the recipe marks; raises ValueNotUnderstood for an unknown one."""
    chosen = required(values, "choice")
    option = next((option for option in step.options if option.key == chosen), None)
    if option is None:
        raise not_understood("choice", _("this is none of the answers."))
    severity = Severity.MAJOR if step.critical else Severity.MINOR
    finding = Finding("choose.flagged", severity, {"choice": chosen})
    kept = with_comment(values, {"choice": chosen})
    return judged(kept, rule=RULE, version=VERSION, findings=(finding,) if option.flag else ())


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Choose by the recipe's chances."""
    return {"choice": draw_choice(step.options, luck)}
