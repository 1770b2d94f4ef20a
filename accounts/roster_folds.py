"""From entries to the rows of shifts, duties and absences."""

from datetime import date, time

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import Absence, Duty, Person, Shift
from accounts.roster_entries import (
    AbsenceEnded,
    AbsenceNoted,
    DutyCancelled,
    DutyRostered,
    PersonReachable,
    ShiftEnded,
    ShiftSet,
)
from records.folding import Folded, change, create, fold


@fold(ShiftSet)
def _shift_set(e: Folded[ShiftSet]) -> None:
    p = e.payload
    said = {
        "code": p.code,
        "name": p.name,
        "start": time.fromisoformat(p.start),
        "end": time.fromisoformat(p.end),
        "active": True,
    }
    if not change(Shift.objects.filter(id=p.shift), e, **said):
        create(Shift, e, id=p.shift, **said)


@fold(ShiftEnded)
def _shift_ended(e: Folded[ShiftEnded]) -> None:
    change(Shift.objects.filter(id=e.payload.shift), e, active=False)


@fold(DutyRostered)
def _duty_rostered(e: Folded[DutyRostered]) -> None:
    p = e.payload
    create(
        Duty, e, id=p.duty, person_id=e.stream, site=p.site, what=p.what,
        day=date.fromisoformat(p.day), shift=p.shift, shift_code=p.shift_code,
        during=DateTimeTZRange(p.starts_at, p.ends_at, "[)"),
    )  # fmt: skip


@fold(DutyCancelled)
def _duty_cancelled(e: Folded[DutyCancelled]) -> None:
    change(Duty.objects.filter(id=e.payload.duty), e, cancelled_at=e.at)


@fold(AbsenceNoted)
def _absence_noted(e: Folded[AbsenceNoted]) -> None:
    p = e.payload
    create(
        Absence, e, id=p.absence, person_id=e.stream, site=p.site,
        first=date.fromisoformat(p.first), last=date.fromisoformat(p.last),
    )  # fmt: skip


@fold(AbsenceEnded)
def _absence_ended(e: Folded[AbsenceEnded]) -> None:
    change(Absence.objects.filter(id=e.payload.absence), e, ended_at=e.at)


@fold(PersonReachable)
def _person_reachable(e: Folded[PersonReachable]) -> None:
    change(Person.objects.filter(id=e.stream), e, phone=e.payload.phone)
