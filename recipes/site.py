"""What a plant has, as the compiler sees it: pure data, from a file or from the site's own rows.

What is left out (None) is not known, and nothing is said of it. Hours are local wall time;
``22:00-06:00`` passes midnight, ``00:00-24:00`` is the whole day. Rooms may open on some days of
the week only, all else is every day alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field, PlainSerializer

from recipes import nodes, reader
from recipes.document import Pin
from recipes.enums import Openness
from recipes.parts import ClassName, Code, Key, Part, UnitCode, Whole, Words

DAY = 24 * 60
WRITTEN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = get_args(Weekday)
Count = Annotated[Whole, Field(ge=0, le=10_000)]


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of every day, in minutes from midnight; ``end`` lies after ``start``."""

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """How long it is; without end when it is the whole day."""
        return 10**9 if self.whole else self.end - self.start

    @property
    def whole(self) -> bool:
        """Whether it never closes."""
        return self.end - self.start >= DAY

    def covers(self, minute: int) -> bool:
        """Tell whether a minute of the day lies in it."""
        return self.whole or (minute - self.start) % DAY <= self.end - self.start

    def wait(self, minute: int) -> int:
        """Return the minutes from a minute of the day until it is open."""
        return 0 if self.covers(minute) else (self.start - minute) % DAY

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end if self.end <= DAY else self.end - DAY)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _window(given: Any) -> Window:
    if isinstance(given, Window):
        return given
    found = WRITTEN.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        raise ValueError(_("hours such as 06:00-14:00 are asked for"))
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if start >= DAY or end > DAY:
        raise ValueError(_("hours such as 06:00-14:00 are asked for"))
    return Window(start, end if end > start else end + DAY)


Hours = Annotated[Window, BeforeValidator(_window), PlainSerializer(str, return_type=str)]


class RoomStock(Part):
    """The rooms of one class: their places, the work they are validated for, their hours.

    ``days`` are those of the week on which they open; without, every day.
    """

    class_: ClassName = Field(alias="class")
    places: Count = 1
    openness: tuple[Openness, ...] = tuple(Openness)
    hours: Hours | None = None
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] | None = None

    @property
    def longest_open(self) -> int | None:
        """The minutes for which they are open at most without a break; None: they never close."""
        whole = self.hours is None or self.hours.whole
        if not whole:
            return self.hours.minutes if self.hours else None
        opened = {WEEK.index(day) for day in self.days or WEEK}
        if len(opened) == len(WEEK):
            return None
        return max(_days_from(day, opened) for day in opened) * DAY


def _days_from(day: int, opened: Collection[int]) -> int:
    """Return how many days from one on, over the end of the week, are open without a break."""
    return next(n for n in range(1, len(WEEK)) if (day + n) % len(WEEK) not in opened)


class EquipmentStock(Part):
    """Units of one class that can do the same; with ``room`` they stand in rooms of that class.

    Without ``capability`` it is not known what they can do.
    """

    class_: ClassName = Field(alias="class")
    count: Count = 1
    capability: tuple[Key, ...] | None = None
    room: ClassName | None = None

    def can(self, asked: Collection[str]) -> bool:
        """Tell whether they can do all of this, as far as it is known."""
        return self.capability is None or set(asked) <= set(self.capability)


class Crew(Part):
    """People of one role in a shift, with the qualifications that each of them has."""

    role: Key
    count: Count
    qualifications: tuple[Code, ...] = ()


class Shift(Part):
    """Hours of every day, and who works in them: None when that is not known."""

    key: Key
    hours: Hours
    crews: tuple[Crew, ...] | None = None


class Qualified(Part):
    """How many people hold a qualification."""

    qualification: Code
    people: Count


class Counted(Part):
    """The unit in which the lots of a material are counted."""

    material: Code
    unit: UnitCode


class Site(Part):
    """A plant. ``laboratory`` are the hours in which QC takes samples in.

    ``units`` says how its materials are counted, where that is known. ``operations`` are the
    versions of operations that a recipe may pin.
    """

    site: Words
    materials: tuple[Code, ...] | None = None
    units: tuple[Counted, ...] = ()
    rooms: tuple[RoomStock, ...] | None = None
    equipment: tuple[EquipmentStock, ...] | None = None
    qualifications: tuple[Qualified, ...] | None = None
    roles: tuple[Key, ...] | None = None
    shifts: tuple[Shift, ...] | None = None
    laboratory: Hours | None = None
    operations: tuple[Pin, ...] | None = None

    def rooms_of(self, name: str) -> list[RoomStock]:
        """Return the rooms of a class."""
        return [room for room in self.rooms or () if room.class_ == name]

    def longest_open(self, name: str) -> timedelta | None:
        """Return how long a room of a class is open at most, None when one of them never shuts."""
        spans = [room.longest_open for room in self.rooms_of(name)]
        known = [span for span in spans if span is not None]
        return timedelta(minutes=max(known)) if spans and len(known) == len(spans) else None

    def units_of(self, name: str) -> list[EquipmentStock]:
        """Return the equipment of a class."""
        return [unit for unit in self.equipment or () if unit.class_ == name]

    @cached_property
    def crews(self) -> tuple[Crew, ...] | None:
        """Who works in any shift, None when that is not known of every shift."""
        if not self.shifts or any(shift.crews is None for shift in self.shifts):
            return None
        return tuple(crew for shift in self.shifts for crew in shift.crews or ())

    @cached_property
    def people(self) -> dict[str, int] | None:
        """How many hold each qualification, None when that is not known."""
        if self.qualifications is not None:
            return {one.qualification: one.people for one in self.qualifications}
        if self.crews is None:
            return None
        found: dict[str, int] = {}
        for crew in self.crews:
            for name in crew.qualifications:
                found[name] = found.get(name, 0) + crew.count
        return found

    @cached_property
    def known_roles(self) -> frozenset[str] | None:
        """The roles that somebody has, None when they are not known."""
        if self.roles is None and self.crews is None:
            return None
        return frozenset(self.roles or ()) | {c.role for c in self.crews or () if c.count}

    def staffed(self) -> Iterator[Window]:
        """Yield the hours in which somebody works, shifts that follow one another as one."""
        yield from joined(shift.hours for shift in self.shifts or ())


def joined(windows: Iterable[Window]) -> list[Window]:
    """Return windows of the day, those that touch or overlap as one; all day when they close."""
    found: list[Window] = []
    for window in sorted(windows, key=lambda one: one.start):
        if found and window.start <= found[-1].end:
            found[-1] = Window(found[-1].start, max(found[-1].end, window.end))
        else:
            found.append(window)
    if len(found) > 1 and found[-1].end >= found[0].start + DAY:
        first = found.pop(0)
        found[-1] = Window(found[-1].start, max(found[-1].end, first.end + DAY))
    return [Window(0, DAY) if one.end - one.start >= DAY else one for one in found]


def read_site(source: bytes | str) -> Site:
    """Read a description (JSON or YAML). Raises RecipeNotReadable."""
    return reader.typed(nodes.read(source), Site)
