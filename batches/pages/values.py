"""What a step recorded, as people read it: titles, values with units, findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.utils.translation import gettext_lazy as _

from batches.models import Step
from batches.pages.seen import language
from mes.ui.text import quantity_text
from recipes.enums import Outcome
from recipes.kinds import choose, clear
from recipes.parts import duration_text
from recipes.step import StepBase

TITLES = {
    "code1": _("First identifier"),
    "code2": _("Second identifier"),
    "unit": _("Unit"),
    "lot": _("Lot"),
    "quantity": _("Quantity"),
    "value": _("Value"),
    "volume": _("Volume"),
    "label": _("Label"),
    "scan": _("Label scanned back"),
    "printed": _("Labels printed"),
    "applied": _("Labels applied"),
    "spoiled": _("Labels spoiled"),
    "source": _("From"),
    "target": _("Into"),
    "choice": _("Answer"),
    "elapsed": _("Time passed"),
    "comment": _("Comment"),
    "skipped": _("Skipped, because this does not hold"),
}
CODES = {"code1", "code2", "unit", "lot", "label", "scan", "source", "target"}
MEASURED = {"value", "quantity", "volume"}
FLAGGED = Outcome.FLAGGED.value


@dataclass(frozen=True, slots=True)
class Recorded:
    """One value of a step: its name, what people call it, and how it is written."""

    name: str
    title: str
    text: str
    mono: bool = False


def recorded(row: Step, step: StepBase) -> list[Recorded]:
    """Return a step's values in the order in which its kind takes them."""
    values: Mapping[str, str] = row.values
    if isinstance(step, clear.Step):
        checked = [check for check in step.checks if check.key in values]
        return [Recorded(check.key, check.text.say(language()), "✓") for check in checked]
    order = [*step.accepts(), *values]
    names = [name for name in dict.fromkeys(order) if name in values]
    return [_one(name, values[name], step) for name in names]


def _one(name: str, value: str, step: StepBase) -> Recorded:
    title = str(TITLES.get(name, name))
    if name in MEASURED and step.unit_of_value() is not None:
        return Recorded(name, title, quantity_text(value, step.unit_of_value() or ""))
    if name == "elapsed":
        return Recorded(name, title, duration_text(timedelta(seconds=int(value))))
    if name == "choice":
        options = cast("choose.Step", step).options
        said = {option.key: option.text.say(language()) for option in options}
        return Recorded(name, title, said.get(value, value))
    return Recorded(name, title, value, mono=name in CODES)


def in_words(row: Step, step: StepBase) -> str:
    """Return a step's values in one line."""
    return " · ".join(one.text for one in recorded(row, step) if one.name != "comment")
