"""What every step has, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import ClassVar

from django.utils.translation import gettext as _

from recipes.enums import Quality, Severity
from recipes.judging import Facts, Finding, ValueImplausible, ValueNotUnderstood
from recipes.likely import Likely, draw_number, rounded
from recipes.nodes import Path
from recipes.parts import (
    NUMBER,
    Band,
    Choice,
    Code,
    Condition,
    Durations,
    Flag,
    Interlock,
    Key,
    Limits,
    Limits2,
    Part,
    Picture,
    Text,
    TimeLimit,
    UnitCode,
    decimal_text,
)

HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def way(field: str) -> Path:
    """Return the way to a field from its name: ``limits.action.low``, ``parameters.0.set``."""
    return tuple(int(part) if part.isdigit() else part for part in field.split("."))


class Names(StrEnum):
    """What a step can refer to."""

    STEP = "step"
    MATERIAL = "material"
    EQUIPMENT = "equipment"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Use:
    """A reference that a step makes: to what, by which name, in which of its fields."""

    what: Names
    name: str
    field: str

    @property
    def path(self) -> Path:
        """The way to the field from the step."""
        return way(self.field)


@dataclass(frozen=True, slots=True)
class Written:
    """A formula in a step, the field it stands in and the unit that it must give, if any."""

    formula: str
    field: str
    unit: str | None = None

    @property
    def path(self) -> Path:
        """The way to the field from what it is written in."""
        return way(self.field)

    def inside(self, field: str) -> Written:
        """Return the same, as seen from what has it in a field."""
        return Written(self.formula, f"{field}.{self.field}", self.unit)


class StepBase(Part):
    """One act of one person: the smallest thing that is recorded.

    ``takes`` is how long it keeps hands busy, where that is not its even share of the stage.
    ``when`` makes it a branch: it is done only if the condition holds once it is reached.
    ``within`` limits the time since other moments; ``starts`` begins a clock of the container
    that it handles. ``role`` and ``qualification`` are asked of the performer, beside what the
    operation asks. ``absolute`` names interlocks that QA cannot concede at this step. ``quality``
    says what a critical value is, ``reaction`` what is done when it is beyond its limits.
    """

    fields: ClassVar[tuple[str, ...]] = ()

    key: Key
    kind: str
    text: Text
    note: Text | None = None
    critical: Flag = False
    verify: Flag = False
    irreversible: Flag = False
    takes: Durations | None = None
    when: Condition | None = None
    within: tuple[TimeLimit, ...] = ()
    starts: Key | None = None
    role: Key | None = None
    qualification: Code | None = None
    offline: Flag = False
    absolute: tuple[Interlock, ...] = ()
    quality: Quality | None = None
    reaction: Text | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def condition(self) -> str | None:
        """The condition on which it is done; ``when`` of a line clearance is another thing."""
        return None if self.kind == "clear" else self.when

    def accepts(self) -> tuple[str, ...]:
        """Return the names of the values that this step takes."""
        return self.fields

    def optional(self) -> tuple[str, ...]:
        """Return the names of the values that may be left out."""
        return ("comment",)

    def uses(self) -> tuple[Use, ...]:
        """Return what this step refers to, for the compiler and for where-used questions."""
        return ()

    def written(self) -> tuple[Written, ...]:
        """Return the formulas of this step."""
        return ()

    def units(self) -> tuple[str, ...]:
        """Return the units of this step."""
        return tuple(code for _field, code in self.units_at())

    def units_at(self) -> tuple[tuple[str, str], ...]:
        """Return the units of this step, each with the field in which it stands."""
        return ()

    def texts(self) -> tuple[Text, ...]:
        """Return every text of this step that a person reads."""
        return tuple(text for _field, text in self.texts_at())

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return every text of this step that a person reads, with the field it stands in."""
        own = (("text", self.text), ("note", self.note), ("reaction", self.reaction))
        alts = ((f"pictures.{n}.alt", picture.alt) for n, picture in enumerate(self.pictures))
        return (*((field, text) for field, text in own if text is not None), *alts)

    def unit_of_value(self) -> str | None:
        """Return the unit of the number that formulas mean by this step, None if it has none."""
        return None


class Commented(StepBase):
    """A step whose findings ask for a comment; the recipe may offer reasons."""

    reasons: tuple[Choice, ...] = ()

    def texts_at(self) -> tuple[tuple[str, Text], ...]:
        """Return the step's texts and those of its reasons."""
        return (*super().texts_at(), *choices_at("reasons", self.reasons))


def choices_at(field: str, choices: Sequence[Choice]) -> Iterator[tuple[str, Text]]:
    """Yield the texts of a list of things to choose from, each with its field."""
    return ((f"{field}.{number}.text", one.text) for number, one in enumerate(choices))


class Measure(Part):
    """A number that is entered beside an act: a volume, a weight."""

    unit: UnitCode
    limits: Limits | None = None
    plausible: Limits2 | None = None
    likely: Likely | None = None

    def draw(self, facts: Facts, luck: Random, *, default: float) -> str:
        """Draw a plausible measurement; ``default`` where nothing says what to expect."""
        target = None if self.likely or self.limits else Decimal(str(default))
        drawn = draw_number(
            self.likely, facts, luck, target=target, limits=self.limits, plausible=self.plausible
        )
        return rounded(max(drawn, 0.001), None if drawn < 1 else 3)

    def read(self, values: dict[str, str], facts: Facts, *, field: str) -> Decimal:
        """Read what was entered; raises ValueNotUnderstood for nothing, and ValueImplausible."""
        found = as_decimal(values, field)
        if found <= 0:
            raise not_understood(field, _("more than nothing is asked for."))
        check_plausible(found, self.plausible, facts, field=field)
        return found

    def written(self, field: str) -> tuple[Written, ...]:
        """Return the formulas of the limits, the plausible band and the distribution."""
        own = (
            *limits_written(self.limits, unit=self.unit),
            *band_written(self.plausible, "plausible", unit=self.unit),
            *likely_written(self.likely, unit=self.unit),
        )
        return tuple(one.inside(field) for one in own)


def limits_written(limits: Limits | None, *, unit: str | None) -> tuple[Written, ...]:
    """Return the formulas of a pair of limits."""
    if limits is None:
        return ()
    alert = band_written(limits.alert, "limits.alert", unit=unit)
    return (*alert, *band_written(limits.action, "limits.action", unit=unit))


def band_written(band: Band | None, field: str, *, unit: str | None) -> tuple[Written, ...]:
    """Return the formulas of a pair of bounds."""
    bounds = (("low", band.low), ("high", band.high)) if band else ()
    return tuple(Written(one, f"{field}.{name}", unit) for name, one in bounds if one is not None)


def likely_written(likely: Likely | None, *, unit: str | None) -> tuple[Written, ...]:
    """Return the formulas of a distribution."""
    bounds = likely.bounds() if likely else ()
    return tuple(Written(formula, f"likely.{name}", unit) for name, formula in bounds)


def not_understood(field: str, problem: str) -> ValueNotUnderstood:
    """Return the refusal that names a field and says what is wrong with it."""
    return ValueNotUnderstood(field=field, name=field, problem=problem)


def required(values: dict[str, str], field: str) -> str:
    """Return a value that must be given; raises ValueNotUnderstood."""
    found = values.get(field, "").strip()
    if not found:
        raise not_understood(field, _("a value is asked for."))
    return found


def as_decimal(values: dict[str, str], field: str) -> Decimal:
    """Read a number; raises ValueNotUnderstood. A decimal comma is refused, not guessed at."""
    text = required(values, field)
    if not NUMBER.fullmatch(text):
        raise not_understood(field, _("a number with a decimal point is asked for."))
    return Decimal(text)


def as_count(values: dict[str, str], field: str) -> int:
    """Read a count of zero or more; raises ValueNotUnderstood."""
    text = required(values, field)
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise not_understood(field, _("a whole number is asked for."))
    return int(text)


def as_code(values: dict[str, str], field: str) -> str:
    """Read a scanned code: one line, at most 200 characters; raises ValueNotUnderstood."""
    text = required(values, field)
    if len(text) > 200 or not text.isprintable():
        raise not_understood(field, _("this is not a code that a label carries."))
    return text


def numbered(name: str, count: int) -> tuple[str, ...]:
    """Return the names of several values of one sort: ``label1``, ``label2`` …"""
    return tuple(f"{name}{number}" for number in range(1, count + 1))


def as_several(values: dict[str, str], names: tuple[str, ...], *, least: int) -> dict[str, str]:
    """Read several codes that differ, ``least`` of them; raises ValueNotUnderstood."""
    given = {name: as_code(values, name) for name in names if values.get(name)}
    if len(given) < least:
        missing = next(name for name in names if name not in given)
        raise not_understood(missing, _("a code is asked for."))
    seen: set[str] = set()
    for name, code in given.items():
        if code in seen:
            raise not_understood(name, _("this one was given already."))
        seen.add(code)
    return given


def as_file(values: dict[str, str], field: str) -> str:
    """Read the hash of a stored file (sha256, hexadecimal); raises ValueNotUnderstood."""
    text = required(values, field)
    if not HASH.fullmatch(text):
        raise not_understood(field, _("a file is asked for."))
    return text


def inside(value: Decimal, band: Band | None, facts: Facts) -> bool:
    """Tell whether a value lies within a band, bounds included."""
    if band is None:
        return True
    low = facts.evaluate(band.low) if band.low is not None else value
    high = facts.evaluate(band.high) if band.high is not None else value
    return low <= value <= high


def shown(band: Band, facts: Facts) -> dict[str, str]:
    """Return the bounds as text, for the sentence of a finding."""
    return {
        name: decimal_text(facts.evaluate(bound)) if bound is not None else "–"
        for name, bound in (("low", band.low), ("high", band.high))
    }


def check_plausible(value: Decimal, band: Band | None, facts: Facts, *, field: str) -> None:
    """Raise ValueImplausible for a value that cannot be true, with what can be."""
    if band is not None and not inside(value, band, facts):
        bounds = shown(band, facts)
        raise ValueImplausible(
            field=field, value=decimal_text(value), low=bounds["low"], high=bounds["high"]
        )


def against(
    value: Decimal, limits: Limits | None, facts: Facts, *, field: str
) -> tuple[Finding, ...]:
    """Judge a number: outside action is major, else outside alert is minor (one finding)."""
    if limits is None:
        return ()
    for name, band, severity in (
        ("action", limits.action, Severity.MAJOR),
        ("alert", limits.alert, Severity.MINOR),
    ):
        if band is not None and not inside(value, band, facts):
            params = {"field": field, "value": decimal_text(value), **shown(band, facts)}
            return (Finding(f"outside.{name}", severity, params),)
    return ()


def with_comment(values: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    """Add the comment, if one was given, to the values that are kept."""
    comment = values.get("comment", "").strip()
    return {**kept, "comment": comment} if comment else kept
