"""The planning problem as plain values: what the solver knows, and nothing else.

A job is a batch: its stages in sequence and what it must claim (``Need`` of the recipe). The
floor is what there is: places and units, and the hours that others have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from recipes.document import Need

Moment = Literal["started_at", "ended_at"]
HORIZON = timedelta(days=120)  # nobody plans for later


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The most time from the start or end of an earlier stage to the start of this one."""

    stage: str
    moment: Moment
    most: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStage:
    """One stage: expected duration, cleaning after it, its distance to the stage before.

    ``latest`` is the last instant at which it may begin; ``started`` is set once it has.
    """

    key: str
    duration: timedelta
    cleaning: timedelta = timedelta()
    lag: timedelta = timedelta()
    most_lag: timedelta | None = None
    latest: datetime | None = None
    links: tuple[Link, ...] = ()
    started: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningJob:
    """A batch to be planned: nothing of it begins before ``earliest``."""

    batch: UUID
    label: str
    mark: str
    earliest: datetime
    stages: tuple[JobStage, ...]
    needs: tuple[Need, ...]
    # What its recipe asks that a unit of a class can do.
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPlace:
    """A place with its room. ``open_work`` and ``closed_work`` say what the room is for."""

    id: UUID
    label: str
    room: UUID
    room_class: str
    number: int
    open_work: bool
    closed_work: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorUnit:
    """A unit in service. ``until`` is the instant from which it needs a calibration."""

    id: UUID
    label: str
    unit_class: str
    place: UUID | None
    until: datetime | None


Hours = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Floor:
    """What there is at a site, and the hours [start, end) that are taken.

    ``shut`` are the hours of a room in which nobody works there; what waits in it may stay.
    """

    places: tuple[FloorPlace, ...]
    units: tuple[FloorUnit, ...]
    taken: Mapping[UUID, tuple[Hours, ...]] = field(default_factory=dict)
    shut: Mapping[UUID, tuple[Hours, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The hours [start, end) of a stage."""

    key: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A claim to be made: the place or unit from ``start`` until it is clean at ``end``."""

    kind: Literal["place", "unit"]
    resource: UUID
    label: str
    alias: str
    stages: tuple[Span, ...]
    start: datetime
    work_end: datetime
    end: datetime
    exclusive: bool

    @property
    def purpose(self) -> str:
        """The stage that begins it."""
        return self.stages[0].key


@dataclass(frozen=True, slots=True)
class Schedule:
    """An answer: the hours of each stage, and all that is to be claimed for them."""

    stages: tuple[Span, ...]
    bookings: tuple[Booked, ...]
