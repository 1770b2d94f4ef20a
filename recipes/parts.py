"""The small pieces that every part of a recipe is written with.

Everything numeric is a Decimal that came from text: a float never enters a document.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    RootModel,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from recipes import formulas

# No XML can carry these, and no screen shows them.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
PIECE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(d|h|min|s)", re.ASCII)
PARAMETER = re.compile(r"parameters\.[a-z][a-z0-9_]{0,59}", re.ASCII)
# Twice the longest shelf life that records are kept for: nothing waits longer for a patient, and
# whatever adds a few of them up stays within the calendar.
LONGEST = timedelta(days=3650)
SECONDS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}


class Misplaced(ValueError):
    """What is wrong with a part lies in one of its fields: ``at`` is the way to it."""

    def __init__(self, problem: str, *at: str | int) -> None:
        self.at = at
        super().__init__(problem)


class Part(BaseModel):
    """A frozen piece of a document that refuses unknown fields."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True
    )


def parse_decimal(given: Any) -> Decimal:
    """Read a plain decimal number; raises ValueError on anything else, floats included."""
    if isinstance(given, Decimal) and given.is_finite():
        return given
    if isinstance(given, str) and NUMBER.fullmatch(given.strip()):
        return Decimal(given.strip())
    raise ValueError(_("a number written with digits and a point is asked for"))


def decimal_text(value: Decimal) -> str:
    """Return a number without exponent, its trailing zeros kept."""
    return format(value, "f")


def parse_duration(given: Any) -> timedelta:
    """Read ``6 h``, ``90 min`` or ``1 d 12 h``; raises ValueError on anything else."""
    found = read_duration(given)
    within_reach(found)
    return found


def read_duration(given: Any) -> timedelta:
    """Read a duration, however long it is; raises ValueError on what is none."""
    if isinstance(given, timedelta):
        return given
    text = given.strip() if isinstance(given, str) else ""
    pieces = PIECE.findall(text)
    if not pieces or PIECE.sub("", text).strip():
        raise ValueError(_("a duration such as 6 h, 90 min or 1 d 12 h is asked for"))
    seconds = sum((Decimal(number) * SECONDS[unit] for number, unit in pieces), Decimal())
    try:
        return timedelta(seconds=int(seconds))
    except OverflowError as error:
        raise ValueError(_too_long()) from error


def _too_long() -> str:
    return _("a duration is at most %(most)s") % {"most": duration_text(LONGEST)}


def within_reach(span: timedelta | str) -> timedelta | str:
    """Return a time, or a parameter's name; raises ValueError for one beyond the longest."""
    if isinstance(span, timedelta) and span > LONGEST:
        raise ValueError(_too_long())
    return span


def duration_text(value: timedelta) -> str:
    """Return a duration as a recipe writes it, largest unit first."""
    left, pieces = int(value.total_seconds()), []
    for unit, size in SECONDS.items():
        count, left = divmod(left, size)
        if count:
            pieces.append(f"{count} {unit}")
    return " ".join(pieces) or "0 s"


def parse_span(given: Any) -> timedelta | str:
    """Read a duration or the name of a parameter that holds one."""
    return within_reach(read_span(given))


def read_span(given: Any) -> timedelta | str:
    """Read a duration, however long it is, or the name of a parameter."""
    if isinstance(given, str) and PARAMETER.fullmatch(given.strip()):
        return given.strip()
    return read_duration(given)


def span_text(value: timedelta | str) -> str:
    """Return a span as a recipe writes it."""
    return value if isinstance(value, str) else duration_text(value)


def parse_flag(given: Any) -> bool:
    """Read ``true`` or ``false``; a yes, a no or a 1 is refused."""
    if isinstance(given, bool):
        return given
    if given in ("true", "false"):
        return bool(given == "true")
    raise ValueError(_("true or false is asked for"))


def parse_whole(given: Any) -> int:
    """Read a whole number of at most nine digits."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, str) and re.fullmatch(r"-?\d{1,9}", given.strip(), re.ASCII):
        return int(given)
    raise ValueError(_("a whole number is asked for"))


def _printable(given: str) -> str:
    if UNPRINTABLE.search(given):
        raise ValueError(_("a letter that cannot be shown or sent stands in it: take it out"))
    return given


def _expression(given: str) -> str:
    formulas.check_kinds(formulas.parse(given), condition=False)
    return given


def _condition(given: str) -> str:
    found = formulas.parse(given)
    if not found.is_condition:
        raise ValueError(_('a condition is asked for, such as count >= 2 or bag == "leaking"'))
    formulas.check_kinds(found, condition=True)
    return given


def _written(pattern: str, description: str, *, also: str | None = None) -> WithJsonSchema:
    """Say to an editor how a scalar is written; ``also`` is the type that YAML makes of it."""
    schema: dict[str, Any] = {"type": "string", "pattern": f"^(?:{pattern})$"}
    return WithJsonSchema(
        {"anyOf": [schema, {"type": also}], "description": description}
        if also else {**schema, "description": description}
    )  # fmt: skip


_PIECES = r"\s*(?:\d{1,6}(?:\.\d{1,3})?\s*(?:d|h|min|s)\s*)+"
Number = Annotated[
    Decimal,
    BeforeValidator(parse_decimal),
    PlainSerializer(decimal_text, return_type=str),
    _written(NUMBER.pattern, "A decimal number; quoted, it keeps its digits.", also="number"),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    AfterValidator(within_reach),
    PlainSerializer(duration_text, return_type=str),
    _written(_PIECES, "A duration: 6 h, 90 min, 1 d 12 h."),
]
Span = Annotated[
    timedelta | str,
    BeforeValidator(read_span),
    AfterValidator(within_reach),
    PlainSerializer(span_text, return_type=str),
    _written(f"{_PIECES}|{PARAMETER.pattern}", "A duration, or a parameter that holds one."),
]
Chance = Annotated[Number, Field(ge=0, le=1)]
Flag = Annotated[
    bool, BeforeValidator(parse_flag), _written("true|false", "true or false.", also="boolean")
]
Whole = Annotated[
    int, BeforeValidator(parse_whole), _written(r"-?\d{1,9}", "A whole number.", also="integer")
]
Expression = Annotated[
    str, AfterValidator(_expression), _written(".+", "A formula, or a number.", also="number")
]
Condition = Annotated[
    str, AfterValidator(_condition), _written(".+", "A condition, such as count >= 2.")
]
KEY = r"^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$"
Key = Annotated[str, StringConstraints(pattern=KEY, max_length=60)]
ClassName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$", max_length=60)
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
CODE = r"^[A-Z0-9][A-Z0-9._-]*$"
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=60)]
Reference = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*(?:[./][a-z][a-z0-9_-]*)*$", max_length=200)
]
Interlock = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z_-]*(?:\.[a-z][a-z_]*)+$", max_length=60)
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_printable)]
UnitCode = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(?:-[A-Z]{2})?$")]


class Text(RootModel[dict[Language, Words]]):
    """A sentence in each language of the recipe."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the sentence is written in."""
        return frozenset(self.root)

    def say(self, language: str) -> str:
        """Return the sentence in ``language``, else its base language, English, or any."""
        wanted = (language, language.split("-", maxsplit=1)[0], "en")
        found = next((self.root[name] for name in wanted if name in self.root), None)
        return found if found is not None else next(iter(self.root.values()), "")


class Picture(Part):
    """A picture beside an instruction: the file by its hash, and what it shows, in words."""

    sha256: Sha256
    alt: Text


class Durations(Part):
    """How long something takes: at least, as a rule, at most."""

    low: Duration
    expected: Duration
    high: Duration


class Band(Part):
    """A pair of limits, both inclusive; one may be open. Bounds are formulas."""

    low: Expression | None = None
    high: Expression | None = None


def _band(given: Any) -> Any:
    if isinstance(given, (list, tuple)):
        if len(given) != 2:
            raise ValueError(_("a pair of limits [low, high] is asked for"))
        return {"low": given[0], "high": given[1]}
    return given


class _AlsoAPair:
    """Says to an editor that a band is most often written ``[low, high]``."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        bound = {"type": ["string", "number", "null"]}
        pair = {"type": "array", "items": bound, "minItems": 2, "maxItems": 2}
        return {"anyOf": [pair, handler(core)]}


class TimeLimit(Part):
    """The least and the most time since a moment; from ``warn`` on it is called late.

    Moments are ``collection.ended_at``, a step, a stage (``seed.started_at``, ``seed.ended_at``)
    or the clock of a container (``clock.thawed``), which the step begins that ``starts`` it.
    Each time is a duration or a parameter; both bounds are allowed.
    """

    from_: Reference = Field(alias="from")
    min: Span | None = None
    warn: Span | None = None
    max: Span | None = None

    @property
    def spans(self) -> tuple[tuple[str, timedelta | str], ...]:
        """The times that are given, by the name of their field."""
        given = (("min", self.min), ("warn", self.warn), ("max", self.max))
        return tuple((name, span) for name, span in given if span is not None)

    @model_validator(mode="after")
    def _some_time(self) -> TimeLimit:
        if self.min is None and self.max is None:
            raise ValueError(_("a limit of time has a min, a max or both"))
        if self.warn is not None and self.max is None:
            raise Misplaced(_("a warning of time comes before a max"), "warn")
        return self


Limits2 = Annotated[Band, BeforeValidator(_band), _AlsoAPair()]


class Limits(Part):
    """Alert and action limits of a value (both bounds inclusive)."""

    alert: Limits2 | None = None
    action: Limits2 | None = None


class Choice(Part):
    """One thing that can be chosen; ``flag`` makes it an exception.

    ``chance`` is how often it is chosen, for the rehearsal; without one the answers that are no
    exception share what is left.
    """

    key: Key
    text: Text
    flag: Flag = False
    chance: Chance | None = None
