"""scan: a container proves by one or two identifiers that it is the right one."""

from random import Random
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from recipes.enums import ContainerKind
from recipes.judging import Facts, Judged, judged
from recipes.parts import Whole
from recipes.step import StepBase, as_code, not_understood

RULE, VERSION = "scan.read", "1"


class Step(StepBase):
    """What is scanned, and how many independent identifiers it takes."""

    fields: ClassVar[tuple[str, ...]] = ("code1", "code2")

    kind: Literal["scan"]
    what: ContainerKind
    identifiers: Annotated[Whole, Field(ge=1, le=2)] = 1

    def accepts(self) -> tuple[str, ...]:
        """Return one code field for each identifier."""
        return self.fields[: self.identifiers]


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Read the codes. Whose container it is, is asked under the lock by the batch's interlock.

    Raises ValueNotUnderstood when a code is missing or one code is given twice.
    """
    codes = {field: as_code(values, field) for field in step.accepts()}
    if len(set(codes.values())) < len(codes):
        raise not_understood("code2", _("two different identifiers are asked for."))
    return judged(codes, rule=RULE, version=VERSION)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Scan codes that differ."""
    return {name: name.upper() for name in step.accepts()}
