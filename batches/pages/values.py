"""What a step recorded, as people read it: titles, values with units, findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from batches.models import Step
from batches.pages.seen import language
from mes.ui.text import number_text, quantity_text, unit_text
from recipes.enums import Outcome
from recipes.kinds import calculate, choose, clear, decide, run
from recipes.kinds.run import READ, SET, ProgrammeParameter
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
    "programme": _("Programme"),
    "version": _("Version"),
    "ended": _("Ended"),
    "alarms": _("Alarms"),
    "log": _("Log"),
    "file": _("File"),
    "one": _("One end"),
    "other": _("Other end"),
    "result": _("Result"),
    "container": _("Container"),
    "tare": _("Tare"),
    "gross": _("Gross"),
    "source_of_value": _("Taken"),
    "rest": _("Left in the source"),
    "place": _("Stored at"),
}
CODES = {"code1", "code2", "unit", "lot", "label", "scan", "source", "target", "one", "other",
         "container"}  # fmt: skip
MEASURED = {"value", "quantity", "volume", "tare", "gross", "rest"}
FILES = {"file", "log"}
SEVERAL = {"source": _("From"), "label": _("Label"), "code": _("Container")}
# So much of a file's hash tells it from any other by the eye.
SHORT_HASH = 12
SAID: Mapping[tuple[str, str], Promise | str] = {
    ("ended", "completed"): _("Completed"),
    ("ended", "stopped"): _("Stopped early"),
    ("result", "tight"): _("Tight"),
    ("result", "failed"): _("Not tight"),
    ("source_of_value", "typed"): _("typed from the display"),
}
FLAGGED = Outcome.FLAGGED.value


@dataclass(frozen=True, slots=True)
class Recorded:
    """One value of a step: its name, what people call it, and how it is written."""

    name: str
    title: str
    text: str
    mono: bool = False
    url: str = ""


def recorded(row: Step, step: StepBase) -> list[Recorded]:
    """Return a step's values in the order in which its kind takes them."""
    values: Mapping[str, str] = row.values
    if isinstance(step, clear.Step):
        checked = [check for check in step.checks if check.key in values]
        return [Recorded(check.key, check.text.say(language()), "✓") for check in checked]
    order = [*step.accepts(), *values]
    names = [name for name in dict.fromkeys(order) if name in values]
    return [_one(name, values[name], step, row) for name in names]


def _one(name: str, value: str, step: StepBase, row: Step) -> Recorded:
    title = _title(name, step)
    if name in FILES:
        url = reverse("batches:file", args=[row.stream, value])
        return Recorded(name, title, f"{value[:SHORT_HASH]}…", mono=True, url=url)
    text = _in_words(name, value, step)
    return Recorded(name, title, text, mono=name in CODES or name.rstrip("0123456789") in SEVERAL)


def _in_words(name: str, value: str, step: StepBase) -> str:
    unit = _unit_of(name, step)
    if unit is not None:
        return quantity_text(value, unit)
    if name == "elapsed":
        return duration_text(timedelta(seconds=int(value)))
    if name == "choice":
        options = cast("choose.Step", step).options  # of decide as well
        said = {option.key: option.text.say(language()) for option in options}
        return said.get(value, value)
    return str(SAID.get((name, value), value))


def _unit_of(name: str, step: StepBase) -> str | None:
    if name.startswith((SET, READ)) and isinstance(step, run.Step):
        return _parameter(name, step).unit
    return step.unit_of_value() if name in MEASURED else None


# What has a line of its own on paper, or is the screen's affair.
NOT_ON_PAPER = {"comment", "source_of_value"}


@dataclass(frozen=True, slots=True)
class Blank:
    """What is left free on paper: for a tick, for a code or for what is read, with its unit."""

    title: str
    unit: str = ""
    how: str = "value"


def blanks(step: StepBase) -> list[Blank]:
    """Return what is written down at a step on paper, in the order in which its kind takes it."""
    if isinstance(step, clear.Step):
        return [Blank(check.text.say(language()), how="tick") for check in step.checks]
    if isinstance(step, choose.Step | decide.Step):
        return [Blank(one.text.say(language()), how="tick") for one in step.options]
    names = [name for name in step.accepts() if name not in NOT_ON_PAPER]
    if isinstance(step, calculate.Step):  # on screen nobody types the result; by hand one does
        names = ["value"]
    return [_blank(name, step) for name in names] or [Blank(gettext("Done"), how="tick")]


def _blank(name: str, step: StepBase) -> Blank:
    """Return the blank of a value; its unit is that of the screen, the power of ten with it."""
    code = name in CODES or name.rstrip("0123456789") in SEVERAL
    unit, power = _unit_of(name, step) or "", getattr(step, "exponent", 0) if name == "value" else 0
    unit = f"10*{power}.{unit}".rstrip(".") if power else unit
    return Blank(_title(name, step), unit_text(unit), "code" if code else "value")


def _title(name: str, step: StepBase) -> str:
    if name == "value" and step.kind == "weigh":
        return gettext("Net")
    if name.startswith((SET, READ)) and isinstance(step, run.Step):
        title = _parameter(name, step).title.say(language())
        return gettext("%(what)s, set") % {"what": title} if name.startswith(SET) else (
            gettext("%(what)s, read back") % {"what": title}
        )  # fmt: skip
    return kept_title(name)


def kept_title(name: str) -> str:
    """Return what people call a value; its own name where only the recipe says it."""
    return str(TITLES.get(name) or SEVERAL.get(name.rstrip("0123456789")) or name)


def kept_text(name: str, value: str) -> str:
    """Return a value as it is written where the recipe is not at hand: without its unit."""
    if name in FILES:
        return f"{value[:SHORT_HASH]}…"
    if name == "elapsed":
        return duration_text(timedelta(seconds=int(value)))
    if name in MEASURED:
        return number_text(value)
    if value == "yes":  # a check of a line clearance
        return gettext("yes")
    return str(SAID.get((name, value), value))


def _parameter(name: str, step: run.Step) -> ProgrammeParameter:
    key = name.removeprefix(SET).removeprefix(READ)
    return next(one for one in step.parameters if one.key == key)


def in_words(row: Step, step: StepBase) -> str:
    """Return a step's values in one line."""
    return " · ".join(one.text for one in recorded(row, step) if one.name != "comment")
