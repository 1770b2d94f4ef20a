"""account: containers come to their end: stored, discarded, or used up; none is left over."""

from random import Random
from typing import Annotated, Literal

from pydantic import Field

from recipes.enums import ContainerKind, Fate
from recipes.judging import Facts, Judged, judged
from recipes.parts import Flag, Whole
from recipes.step import Commented, as_code, as_several, numbered, with_comment

RULE, VERSION = "account.scanned", "1"
CODE = "code"


class Step(Commented):
    """What becomes of up to ``count`` containers of a kind, each scanned.

    With ``every`` none of the kind may be left that is neither stored nor used up: where all
    have come to their end before, none is scanned. What is stored says where; what is discarded
    says why.
    """

    kind: Literal["account"]
    what: ContainerKind
    fate: Fate
    count: Annotated[Whole, Field(ge=1, le=100)] = 1
    every: Flag = True

    @property
    def codes(self) -> tuple[str, ...]:
        """The names of the containers' codes."""
        return numbered(CODE, self.count)

    def accepts(self) -> tuple[str, ...]:
        """Return the codes, and where they are stored."""
        place = ("place",) if self.fate == Fate.STORED else ()
        return (*self.codes, *place, "comment")

    def optional(self) -> tuple[str, ...]:
        """Return everything: there may be nothing left to account for."""
        return self.accepts()


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Read the codes. Whose they are, and whether one is left over, is asked under the lock.

    Raises ValueNotUnderstood for one container given twice, without the place of what is stored
    or the reason of what is discarded.
    """
    kept = as_several(values, step.codes, least=0)
    if kept and step.fate == Fate.STORED:
        kept["place"] = as_code(values, "place")
    if kept and step.fate == Fate.DISCARDED:
        kept["comment"] = as_code(values, "comment")
    return judged(with_comment(values, kept), rule=RULE, version=VERSION)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Account for one container; its code is any."""
    more = {"place": "STORE", "comment": "as foreseen"}
    asked = {name: more[name] for name in step.accepts() if name in more}
    return {step.codes[0]: "CONTAINER", **asked}
