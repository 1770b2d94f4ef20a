"""Shifts of the plant, and a roster for some weeks: who works, who leads, whom QA sends."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.enums import DutyKind
from accounts.services.roster import note_absence, roster
from accounts.services.shifts import set_phone, set_shift
from mes.lib import clock
from plant.crew import Crew

KEEPER = "okafor"
SHIFTS = (
    ("E", "Early", time(6), time(14)),
    ("L", "Late", time(14), time(22)),
    ("N", "Night", time(22), time(6)),
)
# By shift; the operators change shifts from week to week, QA's call from person to person.
OPERATORS = (("adeyemi", "brandt"), ("sato",), ("petrov",))
LEADS = ("okafor", "silva", "kaya")
ON_CALL = ("vogt", "maier")
CALLED = {"okafor": "10", "silva": "11", "kaya": "12", "vogt": "20", "maier": "21"}
WORKDAYS = 5


def keep_roster(crew: Crew, *, weeks: int) -> None:
    """Set the shifts and roster people from the present week's Monday on.

    One operator is away in the second week. What is past of this week is said to be as worked.
    """
    today = clock.now().astimezone(ZoneInfo(crew.zone)).date()
    monday = today - timedelta(days=today.weekday())
    shifts = {code: _shift(crew, code, name, start, end) for code, name, start, end in SHIFTS}
    for key, tail in CALLED.items():
        set_phone(
            command=crew.command(KEEPER, "accounts.set_phone"), person=crew.people[key][0],
            phone=f"+49 6131 5550 {tail}",
        )  # fmt: skip
    for who, what, code, first, last in _turns(monday, weeks):
        begun = "as worked" if first <= today else ""
        roster(
            command=crew.command(KEEPER, "accounts.roster"), person=crew.people[who][0],
            what=what, shift=shifts[code], first=first, last=last, reason=begun,
        )  # fmt: skip
    away = monday + timedelta(days=8)
    note_absence(
        command=crew.command(KEEPER, "accounts.note_absence"), person=crew.people["brandt"][0],
        first=away, last=away + timedelta(days=1),
    )  # fmt: skip


def _shift(crew: Crew, code: str, name: str, start: time, end: time) -> UUID:
    made = set_shift(
        command=crew.command(KEEPER, "accounts.set_shift"), code=code, name=name, start=start,
        end=end, reason="As agreed with the works council.",
    )  # fmt: skip
    return UUID(str(made["id"]))


def _turns(monday: date, weeks: int) -> Iterator[tuple[str, DutyKind, str, date, date]]:
    """Yield who, as what, in which shift, from when to when."""
    for week in range(weeks):
        first = monday + timedelta(weeks=week)
        friday, sunday = first + timedelta(days=WORKDAYS - 1), first + timedelta(days=6)
        for number, (code, *_) in enumerate(SHIFTS):
            for who in OPERATORS[(number + week) % len(OPERATORS)]:
                yield who, DutyKind.WORKS, code, first, friday
            yield LEADS[number], DutyKind.WORKS, code, first, friday
            yield LEADS[number], DutyKind.LEAD, code, first, sunday
            yield ON_CALL[week % len(ON_CALL)], DutyKind.QA_ON_CALL, code, first, sunday
