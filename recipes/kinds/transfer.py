"""transfer: material goes over: drawn into another container, split into new ones, or pooled."""

from random import Random
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from recipes.enums import ContainerKind, Pouring
from recipes.judging import Facts, Judged, judged
from recipes.parts import Flag, Misplaced, Number, Whole, decimal_text
from recipes.step import (
    Commented,
    Measure,
    Written,
    against,
    as_code,
    as_decimal,
    as_several,
    not_understood,
    numbered,
    with_comment,
)

RULE, VERSION = "transfer.volume", "1"
SOURCE, LABEL = "source", "label"


class Step(Commented):
    """From what kind of container into what, how, and how much.

    ``draw``: from one container into another that is there; ``volume`` is what went over.
    ``split``: from one into up to ``count`` new ones, each with its label scanned back;
    ``volume`` is what each holds. ``pool``: up to ``count`` into one new; ``volume`` is the
    pool's. ``least`` is how many there must be, by default all. ``empties`` says that nothing is
    left in the source; what goes into a pool is always used up. ``balance`` is by how many per
    cent what went out may differ from what was there.
    """

    kind: Literal["transfer"]
    pour: Pouring = Pouring.DRAW
    from_: ContainerKind = Field(alias="from")
    to: ContainerKind
    volume: Measure
    count: Annotated[Whole, Field(ge=2, le=100)] | None = None
    least: Annotated[Whole, Field(ge=1, le=100)] | None = None
    empties: Flag = False
    balance: Annotated[Number, Field(ge=0, le=100)] | None = None

    @model_validator(mode="after")
    def _counted_where_there_are_several(self) -> "Step":
        if (self.count is None) != (self.pour == Pouring.DRAW):
            raise Misplaced(_("a split and a pool say how many containers there are"), "count")
        if self.least is not None and (self.count is None or self.least > self.count):
            sentence = _("the least number is not more than the number of containers")
            raise Misplaced(sentence, "least")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the codes of what is poured from."""
        several = self.pour == Pouring.POOL
        return numbered(SOURCE, self.count or 0) if several else (SOURCE,)

    @property
    def made(self) -> tuple[str, ...]:
        """The names of the labels of what is made."""
        if self.pour == Pouring.SPLIT:
            return numbered(LABEL, self.count or 0)
        return (LABEL,) if self.pour == Pouring.POOL else ()

    @property
    def weighs_rest(self) -> bool:
        """Whether what is left in the source is measured: for the balance of a split."""
        return self.balance is not None and self.pour == Pouring.SPLIT and not self.empties

    def accepts(self) -> tuple[str, ...]:
        """Return the codes of the sources, of the target or the labels, and the volumes."""
        target = ("target",) if self.pour == Pouring.DRAW else self.made
        rest = ("rest",) if self.weighs_rest else ()
        return (*self.sources, *target, "volume", *rest, "comment")

    def optional(self) -> tuple[str, ...]:
        """Return the codes beyond the least number, and the comment."""
        several = self.made if self.pour == Pouring.SPLIT else self.sources
        return ("comment", *(several[self.least or self.count :] if self.count else ()))

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of the volume's limits and distribution."""
        return self.volume.written("volume")

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the volume's unit."""
        return (("volume.unit", self.volume.unit),)

    def unit_of_value(self) -> str | None:
        """Return the unit of the volume: of what went over, of each, or of the pool."""
        return self.volume.unit


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Judge the volume. Whose containers they are, and the balance, are asked under the lock.

    Raises ValueNotUnderstood for one container given twice, too few of them, or a volume of
    zero or less, ValueImplausible outside the plausible band.
    """
    volume = step.volume.read(values, facts, field="volume")
    kept = {**_codes(step, values), "volume": decimal_text(volume)}
    if step.weighs_rest:
        rest = as_decimal(values, "rest")
        if rest < 0:
            raise not_understood("rest", _("nothing or more is asked for."))
        kept["rest"] = decimal_text(rest)
    findings = against(volume, step.volume.limits, facts, field="volume")
    seen = step.volume.limits is not None
    return judged(
        with_comment(values, kept), rule=RULE, version=VERSION, findings=findings, seen=seen
    )


def _codes(step: Step, values: dict[str, str]) -> dict[str, str]:
    least = step.least or step.count or 1
    sources = as_several(values, step.sources, least=least if step.pour == Pouring.POOL else 1)
    if step.pour == Pouring.DRAW:
        others = {"target": as_code(values, "target")}
        if others["target"] in sources.values():
            raise not_understood("target", _("source and target are one container."))
    else:
        few = least if step.pour == Pouring.SPLIT else 1
        others = as_several(values, step.made, least=few)
    return {**sources, **others}


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Draw a volume; the containers are any that differ."""
    volume = step.volume.draw(facts, luck, default=10)
    codes = {name: name.upper() for name in step.accepts() if name not in NUMBERS}
    return {**codes, "volume": volume, **({"rest": "0"} if step.weighs_rest else {})}


NUMBERS = frozenset({"volume", "rest", "comment"})
