"""run: a unit runs a programme of its own; it is started, or its end is recorded."""

from decimal import Decimal
from random import Random
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import Severity
from recipes.judging import Facts, Finding, Judged, WrongProgramme, judged
from recipes.likely import draw_number, rounded
from recipes.parts import (
    Expression,
    Flag,
    Key,
    Limits,
    Misplaced,
    Number,
    Part,
    Text,
    UnitCode,
    decimal_text,
)
from recipes.step import (
    Commented,
    Names,
    Use,
    Written,
    against,
    as_code,
    as_count,
    as_decimal,
    as_file,
    limits_written,
    not_understood,
    required,
    with_comment,
)

RULE, VERSION = "run.programme", "1"
READ, SET = "read-", "set-"
ENDS = ("completed", "stopped")


class ProgrammeParameter(Part):
    """What the unit is told: the value to set, or limits within which a person sets it.

    ``set`` is a formula. ``tolerance`` is how far the read-back may lie from it, in ``unit``.
    """

    key: Key
    title: Text
    unit: UnitCode
    set: Expression | None = None
    limits: Limits | None = None
    tolerance: Annotated[Number, Field(ge=0)] | None = None

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of what is set and of the limits."""
        own = (Written(self.set, "set", self.unit),) if self.set is not None else ()
        return (*own, *limits_written(self.limits, unit=self.unit))


class Step(Commented):
    """``does`` says whether the programme is started here or its end recorded.

    ``programme`` and ``version`` are what the unit must show before it starts. At the end
    ``log`` asks for the unit's log as a file.
    """

    kind: Literal["run"]
    as_: Key = Field(alias="as")
    does: Literal["start", "stop"] = "start"
    programme: Annotated[str, Field(min_length=1, max_length=120)]
    version: Annotated[str, Field(min_length=1, max_length=60)]
    parameters: Annotated[tuple[ProgrammeParameter, ...], Field(max_length=20)] = ()
    log: Flag = False

    @model_validator(mode="after")
    def _each_in_its_place(self) -> "Step":
        if self.does == "stop" and self.parameters:
            raise Misplaced(_("parameters are set where the programme is started"), "parameters")
        if self.does == "start" and self.log:
            raise Misplaced(_("a log is there when the programme has ended"), "log")
        keys = [parameter.key for parameter in self.parameters]
        again = [number for number, key in enumerate(keys) if key in keys[:number]]
        if again:
            raise Misplaced(_("two parameters have one key"), "parameters", again[0], "key")
        return self

    def accepts(self) -> tuple[str, ...]:
        """Return unit and programme; then set and read values, or how it ended and the log."""
        if self.does == "stop":
            return ("unit", "ended", "alarms", *(["log"] if self.log else []), "comment")
        return ("unit", "programme", "version", *self._numbers(), "comment")

    def _numbers(self) -> tuple[str, ...]:
        sets = (f"{SET}{one.key}" for one in self.parameters if one.set is None)
        return (*sets, *(f"{READ}{one.key}" for one in self.parameters))

    def uses(self) -> tuple[Use, ...]:
        """Return the equipment that runs."""
        return (Use(Names.EQUIPMENT, self.as_, "as"),)

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of what is set and of the limits."""
        return tuple(
            one.inside(f"parameters.{number}")
            for number, parameter in enumerate(self.parameters)
            for one in parameter.written()
        )

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the units of the parameters."""
        own = enumerate(self.parameters)
        return tuple((f"parameters.{number}.unit", one.unit) for number, one in own)

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return the step's texts and the titles of the parameters."""
        own = enumerate(self.parameters)
        titles = ((f"parameters.{number}.title", one.title) for number, one in own)
        return (*super().texts_at(), *titles)


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Compare what the unit shows with what the recipe asks for (EU GMP Part IV 17).

    Raises WrongProgramme (a conditional interlock) before a start; a read-back that is not what
    was set, alarms and an early end are findings.
    """
    return _stopped(step, values) if step.does == "stop" else _started(step, values, facts)


def _started(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    shows = {name: as_code(values, name) for name in ("programme", "version")}
    if (shows["programme"], shows["version"]) != (step.programme, step.version):
        raise WrongProgramme(
            field="version" if shows["programme"] == step.programme else "programme",
            found=f"{shows['programme']} {shows['version']}",
            asked=f"{step.programme} {step.version}",
        )
    kept = {"unit": as_code(values, "unit"), **shows}
    findings: list[Finding] = []
    for parameter in step.parameters:
        told, read = _told(parameter, values, facts), as_decimal(values, f"{READ}{parameter.key}")
        kept[f"{SET}{parameter.key}"] = decimal_text(told)
        kept[f"{READ}{parameter.key}"] = decimal_text(read)
        findings += against(told, parameter.limits, facts, field=f"{SET}{parameter.key}")
        if abs(read - told) > (parameter.tolerance or 0):
            said = {"parameter": parameter.key, "set": decimal_text(told),
                    "read": decimal_text(read)}  # fmt: skip
            findings.append(Finding("run.read_back", Severity.MAJOR, said))
    kept = with_comment(values, kept)
    return judged(kept, rule=RULE, version=VERSION, findings=tuple(findings))


def _told(parameter: ProgrammeParameter, values: dict[str, str], facts: Facts) -> Decimal:
    if parameter.set is not None:
        return facts.evaluate(parameter.set)
    return as_decimal(values, f"{SET}{parameter.key}")


def _stopped(step: Step, values: dict[str, str]) -> Judged:
    ended, alarms = required(values, "ended"), as_count(values, "alarms")
    if ended not in ENDS:
        raise not_understood("ended", _("this is none of the answers."))
    kept = {"unit": as_code(values, "unit"), "ended": ended, "alarms": str(alarms)}
    if step.log:
        kept["log"] = as_file(values, "log")
    findings: list[Finding] = []
    if ended != "completed":
        severity = Severity.CRITICAL if step.critical else Severity.MAJOR
        findings.append(Finding("run.stopped", severity, {"programme": step.programme}))
    if alarms:
        findings.append(Finding("run.alarms", Severity.MINOR, {"alarms": str(alarms)}))
    kept = with_comment(values, kept)
    return judged(kept, rule=RULE, version=VERSION, findings=tuple(findings))


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Start the programme as asked for, its read-back as set; or let it end as it should."""
    if step.does == "stop":
        ended = {"unit": "UNIT", "ended": "completed", "alarms": "0", "log": "0" * 64}
        return {name: ended[name] for name in step.accepts() if name in ended}
    values = {"unit": "UNIT", "programme": step.programme, "version": step.version}
    for one in step.parameters:
        if one.set is not None:
            told = decimal_text(facts.evaluate(one.set))
        else:
            told = rounded(draw_number(None, facts, luck, limits=one.limits), 3)
            values[f"{SET}{one.key}"] = told
        values[f"{READ}{one.key}"] = told
    return values
