"""label: labels are printed, applied, scanned back and reconciled."""

from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from recipes.enums import ContainerKind, Severity
from recipes.judging import Facts, Finding, Judged, judged
from recipes.parts import Flag, Whole
from recipes.step import Commented, as_code, as_count, with_comment

RULE, VERSION = "label.reconciled", "1"


class Step(Commented):
    """What kind of container the labels make; ``copies`` when their number is fixed."""

    fields: ClassVar[tuple[str, ...]] = ("printed", "applied", "spoiled", "scan", "comment")

    kind: Literal["label"]
    makes: ContainerKind
    copies: Annotated[Whole, Field(ge=1, le=200)] | None = None
    scan_back: Flag = True

    def accepts(self) -> tuple[str, ...]:
        """Return the counts, and the label scanned back where the recipe asks for it."""
        return tuple(name for name in self.fields if name != "scan" or self.scan_back)

    def unit_of_value(self) -> str | None:
        """Return the unit of the number of labels applied."""
        return "1"


def _findings(step: Step, counts: dict[str, int]) -> tuple[Finding, ...]:
    shown = {name: str(count) for name, count in counts.items()}
    found = []
    if counts["printed"] != counts["applied"] + counts["spoiled"]:
        found.append(Finding("label.not_reconciled", Severity.MAJOR, shown))
    if step.copies is not None and counts["applied"] != step.copies:
        asked = {"applied": shown["applied"], "copies": str(step.copies)}
        found.append(Finding("label.copies", Severity.MINOR, asked))
    return tuple(found)


def judge(step: Step, values: dict[str, str], facts: Facts) -> Judged:
    """Reconcile: printed is applied and spoiled together (21 CFR 211.125(c)).

    Raises ValueNotUnderstood for what is no count, or without the label scanned back.
    """
    counts = {name: as_count(values, name) for name in ("printed", "applied", "spoiled")}
    kept = {name: str(count) for name, count in counts.items()}
    if step.scan_back:
        kept["scan"] = as_code(values, "scan")
    findings = _findings(step, counts)
    return judged(with_comment(values, kept), rule=RULE, version=VERSION, findings=findings)


def draw(step: Step, facts: Facts, luck: Random) -> dict[str, str]:
    """Print, apply and reconcile as many as are asked for."""
    copies = str(step.copies or 1)
    values = {"printed": copies, "applied": copies, "spoiled": "0", "scan": "LABEL"}
    return {name: values[name] for name in step.accepts() if name in values}
