"""Sentences of the audit trail about shifts, duties and absences."""

from django.utils.translation import gettext as _

from accounts import roster_entries as said
from accounts.enums import DutyKind
from mes.ui.text import date_text
from records.presenters import presents


@presents(said.ShiftSet)
def _shift_set(p: said.ShiftSet) -> str:
    return _("Shift %(code)s %(name)s: %(start)s to %(end)s; %(reason)s") % p.model_dump()


@presents(said.ShiftEnded)
def _shift_ended(p: said.ShiftEnded) -> str:
    return _("Shift ended: %(reason)s") % {"reason": p.reason}


@presents(said.DutyRostered)
def _duty_rostered(p: said.DutyRostered) -> str:
    said_of = {"what": DutyKind(p.what).label, "day": date_text(p.day), "shift": p.shift_code}
    words = _("Rostered: %(what)s, %(day)s, shift %(shift)s") % said_of
    return f"{words}; {p.reason}" if p.reason else words


@presents(said.DutyCancelled)
def _duty_cancelled(p: said.DutyCancelled) -> str:
    said_of = {"what": DutyKind(p.what).label, "day": date_text(p.day), "shift": p.shift_code}
    words = _("Not rostered any more: %(what)s, %(day)s, shift %(shift)s") % said_of
    return f"{words}; {p.reason}" if p.reason else words


@presents(said.AbsenceNoted)
def _absence_noted(p: said.AbsenceNoted) -> str:
    said_of = {"first": date_text(p.first), "last": date_text(p.last)}
    return _("Away from %(first)s to %(last)s") % said_of


@presents(said.AbsenceEnded)
def _absence_ended(p: said.AbsenceEnded) -> str:
    return _("Here after all: %(reason)s") % {"reason": p.reason}


@presents(said.PersonReachable)
def _person_reachable(p: said.PersonReachable) -> str:
    return _("Called under %(phone)s") % {"phone": p.phone or "–"}
