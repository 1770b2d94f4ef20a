"""timer: a time must have passed since a step, and not too much of it."""

from random import Random
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import Severity
from recipes.judging import Facts, Finding, Judged, TooEarly, judged
from recipes.parts import Reference, Span, duration_text
from recipes.step import Commented, Names, Use, Written, not_understood, with_comment

RULE, VERSION = "timer.span", "1"


class Step(Commented):
    """The least and the most time since ``from``, by default since the step before."""

    fields: ClassVar[tuple[str, ...]] = ("comment",)

    kind: Literal["timer"]
    min: Span | None = None
    max: Span | None = None
    from_: Reference | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def _some_time(self) -> "Step":
        if self.min is None and self.max is None:
            raise ValueError(_("a timer has a min, a max or both"))
        return self

    def uses(self) -> tuple[Use, ...]:
        """Return the step that the time runs from."""
        return (Use(Names.STEP, self.from_, "from"),) if self.from_ else ()

    def written(self) -> tuple[Written, ...]:
        """Return the parameters that the times are, where they are parameters."""
        spans = (("min", self.min), ("max", self.max))
        return tuple(Written(span, name) for name, span in spans if isinstance(span, str))


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Refuse what is too early (TooEarly, a conditional interlock), flag what is too late."""
    began = facts.closed_at(step.from_) if step.from_ else facts.started_at
    if began is None:
        raise not_understood("from", _("the step that the time runs from is not closed."))
    elapsed = facts.at - began
    least = facts.span(step.min) if step.min is not None else None
    most = facts.span(step.max) if step.max is not None else None
    shown = {"elapsed": duration_text(elapsed)}
    if least is not None and elapsed < least:
        raise TooEarly(min=duration_text(least), elapsed=shown["elapsed"])
    kept = with_comment(values, {"elapsed": str(int(elapsed.total_seconds()))})
    if most is None or elapsed <= most:
        return judged(kept, rule=RULE, version=VERSION)
    severity = Severity.MAJOR if step.critical else Severity.MINOR
    late = Finding("timer.late", severity, {"max": duration_text(most), **shown})
    return judged(kept, rule=RULE, version=VERSION, findings=(late,))


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Give nothing: the clock says it."""
    return {}
