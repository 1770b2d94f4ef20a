"""Small floors and jobs to plan with."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from planning.problem import Floor, FloorPlace, FloorUnit, Hours, JobStage, PlanningJob
from recipes.document import Need

MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
_SPACE = UUID("00000000-0000-7000-8000-000000000007")


def known(name: str) -> UUID:
    """The same id for the same name in every run."""
    return uuid5(_SPACE, name)


def places(
    room: str, count: int, *, room_class: str = "grade-C", open_work: bool = False,
    closed_work: bool = True,
) -> tuple[FloorPlace, ...]:  # fmt: skip
    return tuple(
        FloorPlace(
            id=known(f"{room} P{n}"), label=f"{room}, P{n}", room=known(room),
            room_class=room_class, number=n, open_work=open_work, closed_work=closed_work,
        )
        for n in range(1, count + 1)
    )  # fmt: skip


def unit(
    code: str, *, at: str | None = None, unit_class: str = "prodigy", until: datetime | None = None
) -> FloorUnit:
    return FloorUnit(
        id=known(code), label=code, unit_class=unit_class, place=known(at) if at else None,
        until=until,
    )  # fmt: skip


def floor(
    *things: FloorPlace | FloorUnit, taken: Mapping[str, Sequence[Hours]] | None = None,
    shut: Mapping[str, Sequence[Hours]] | None = None,
) -> Floor:  # fmt: skip
    return Floor(
        places=tuple(t for t in things if isinstance(t, FloorPlace)),
        units=tuple(t for t in things if isinstance(t, FloorUnit)),
        taken={known(name): tuple(hours) for name, hours in (taken or {}).items()},
        shut={known(name): tuple(hours) for name, hours in (shut or {}).items()},
    )


def place_need(
    stage: str, *, last: str = "", room_class: str = "grade-C", open_: bool = False
) -> Need:
    return Need("place", room_class, None, stage, last or stage, open_)


def unit_need(
    stage: str, *, last: str = "", unit_class: str = "prodigy", alias: str = "prodigy"
) -> Need:
    return Need("unit", unit_class, alias, stage, last or stage, False)


def stage(key: str, hours: float = 8, **more: object) -> JobStage:
    return JobStage(key=key, duration=hours * HOUR, **more)  # type: ignore[arg-type]


def job(*stages: JobStage, needs: Sequence[Need], earliest: datetime = MONDAY) -> PlanningJob:
    return PlanningJob(
        batch=known("batch"), label="B-26-0001", mark="circle-filled-KM", earliest=earliest,
        stages=stages, needs=tuple(needs),
    )  # fmt: skip


def hours(start: float, end: float) -> Hours:
    """Hours after Monday morning."""
    return MONDAY + start * HOUR, MONDAY + end * HOUR


def nights(opens: float, closes: float, days: int = 130) -> list[Hours]:
    """The hours of each day after Monday morning in which a room is not worked in."""
    return [hours(24 * day + closes - 24, 24 * day + opens) for day in range(days)]
