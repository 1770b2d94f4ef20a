"""connect: two identified ends become one way: welded, by luer, or by spike."""

from random import Random
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import Connection, ContainerKind, Severity
from recipes.judging import Facts, Finding, Judged, judged
from recipes.parts import Code, Key, Misplaced, Part
from recipes.step import Commented, Names, Use, as_code, not_understood, required, with_comment

RULE, VERSION = "connect.tight", "1"
RESULTS = ("tight", "failed")


class End(Part):
    """One end: a container of this patient, a lot of a material, or a unit with its set."""

    container: ContainerKind | None = None
    material: Code | None = None
    equipment: Key | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "End":
        ends = (("container", self.container), ("material", self.material),
                ("equipment", self.equipment))  # fmt: skip
        if sum(one is not None for _name, one in ends) != 1:
            sentence = _("an end is a container, a material or a unit")
            raise Misplaced(sentence, *[name for name, one in ends if one is not None][1:2])
        return self


class Step(Commented):
    """How it is connected and what; a weld may name the welder (``as``) that makes it."""

    fields: ClassVar[tuple[str, ...]] = ("unit", "one", "other", "result", "comment")

    kind: Literal["connect"]
    how: Connection
    one: End
    other: End
    as_: Key | None = Field(default=None, alias="as")

    @model_validator(mode="after")
    def _only_a_weld_has_a_welder(self) -> "Step":
        if self.as_ is not None and self.how != Connection.WELD:
            raise Misplaced(_("only a weld is made by a welder"), "as")
        return self

    @property
    def ends(self) -> tuple[tuple[str, End], ...]:
        """Both ends, each with the name of its value."""
        return (("one", self.one), ("other", self.other))

    def accepts(self) -> tuple[str, ...]:
        """Return the codes of both ends, what was seen, and the welder where there is one."""
        return tuple(name for name in self.fields if name != "unit" or self.as_ is not None)

    def uses(self) -> tuple[Use, ...]:
        """Return materials and equipment."""
        ends = [
            Use(what, name, f"{field}.{part}")
            for field, end in self.ends
            for what, part, name in (
                (Names.MATERIAL, "material", end.material),
                (Names.EQUIPMENT, "equipment", end.equipment),
            )
            if name is not None
        ]
        welder = [Use(Names.EQUIPMENT, self.as_, "as")] if self.as_ else []
        return (*welder, *ends)


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Clear a tight connection; one that is not flags the step (weld again: a contingency).

    Raises ValueNotUnderstood for one end given twice. Whose containers, lots and units they are
    is asked under the lock by the batch.
    """
    kept = {name: as_code(values, name) for name in step.accepts() if name in step.fields[:3]}
    if kept["one"] == kept["other"]:
        raise not_understood("other", _("both ends are one and the same."))
    kept["result"] = required(values, "result")
    if kept["result"] not in RESULTS:
        raise not_understood("result", _("this is none of the answers."))
    severity = Severity.CRITICAL if step.critical else Severity.MAJOR
    failed = Finding("connect.failed", severity, {"how": str(step.how)})
    findings = () if kept["result"] == "tight" else (failed,)
    return judged(with_comment(values, kept), rule=RULE, version=VERSION, findings=findings)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Connect two ends, tight; the codes are any."""
    codes = {name: name.upper() for name in step.accepts() if name in step.fields[:3]}
    return {**codes, "result": "tight"}
