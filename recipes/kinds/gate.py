"""gate: the batch waits for results or for an approval."""

from random import Random
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import Outcome, Severity
from recipes.judging import Facts, Finding, GateClosed, Judged, judged
from recipes.parts import Flag, Key
from recipes.step import Commented, Names, Use, with_comment

RULE, VERSION = "gate.results", "1"


class Step(Commented):
    """The tests whose results are waited for; ``approval`` asks for QA's word as well."""

    fields: ClassVar[tuple[str, ...]] = ("comment",)

    kind: Literal["gate"]
    waits_for: Annotated[tuple[Key, ...], Field(max_length=40)] = ()
    approval: Flag = False

    @model_validator(mode="after")
    def _waits_for_something(self) -> "Step":
        if not self.waits_for and not self.approval:
            raise ValueError(_("a gate waits for a result, an approval or both"))
        return self

    def uses(self) -> tuple[Use, ...]:
        """Return the tests."""
        return tuple(
            Use(Names.TEST, test, f"waits_for.{number}")
            for number, test in enumerate(self.waits_for)
        )


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Open the gate when all is there; a result that was flagged flags the step.

    Raises GateClosed (a conditional interlock) naming what is missing.
    """
    missing = [test for test in step.waits_for if test not in facts.results]
    if step.approval and not facts.approved:
        missing.append(_("QA's approval"))
    if missing:
        raise GateClosed(missing=", ".join(missing))
    findings = tuple(
        Finding("gate.result_flagged", Severity.MAJOR, {"test": test, "value": found.value})
        for test, found in ((test, facts.results[test]) for test in step.waits_for)
        if found.outcome == Outcome.FLAGGED
    )
    return judged(with_comment(values, {}), rule=RULE, version=VERSION, findings=findings)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Give nothing: the results say it."""
    return {}
