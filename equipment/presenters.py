"""Sentences of the logbook. Times are those of the entry itself, shown beside it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipment import entries
from equipment.enums import UnitStatus
from equipment.weekdays import days_text
from mes.ui.text import day_text, moment_text, plain_text, quantity_text, range_text
from records.presenters import presents


@presents(entries.RoomOpened)
def _room(p: entries.RoomOpened) -> str:
    return _("Room %(code)s came into use") % {"code": p.code}


@presents(entries.RoomHoursSet)
def _room_hours(p: entries.RoomHoursSet) -> str:
    said = {"opens": p.opens, "closes": p.closes, "reason": p.reason}
    if p.days is not None:
        said["days"] = days_text(p.days)
        if p.opens is None:
            return _("Open %(days)s, all day: %(reason)s") % said
        return _("Open %(days)s %(opens)s–%(closes)s: %(reason)s") % said
    if p.opens is None:
        return _("Always open: %(reason)s") % said
    return _("Open each day %(opens)s–%(closes)s: %(reason)s") % said


@presents(entries.PlaceMade)
def _place(p: entries.PlaceMade) -> str:
    return _("%(label)s was made") % {"label": p.label}


@presents(entries.UnitCommissioned)
def _commissioned(p: entries.UnitCommissioned) -> str:
    return _("%(code)s was commissioned") % {"code": p.code}


@presents(entries.UnitCalibrated)
def _calibrated(p: entries.UnitCalibrated) -> str:
    return _("Calibrated, due again %(due)s (certificate %(certificate)s)") % {
        "due": day_text(p.due),
        "certificate": p.certificate,
    }


@presents(entries.UnitCleaned)
def _cleaned(p: entries.UnitCleaned) -> str:
    return _("Cleaned by %(procedure)s") % {"procedure": p.procedure}


@presents(entries.UnitStatusSet)
def _status(p: entries.UnitStatusSet) -> str:
    status = UnitStatus(p.status).label
    return _("Now %(status)s: %(reason)s") % {"status": status, "reason": p.reason}


@presents(entries.UnitCapabilitiesSet)
def _capabilities(p: entries.UnitCapabilitiesSet) -> str:
    if p.capabilities is None:
        return _("Can do all that is asked of its class: %(reason)s") % {"reason": p.reason}
    if not p.capabilities:
        return _("Can do nothing special: %(reason)s") % {"reason": p.reason}
    said = {"what": ", ".join(p.capabilities), "reason": p.reason}
    return _("Can do %(what)s: %(reason)s") % said


@presents(entries.UnitProgrammeStarted)
def _programme_started(p: entries.UnitProgrammeStarted) -> str:
    return _("Programme %(programme)s %(version)s started for batch %(batch)s") % {
        "programme": p.programme,
        "version": p.programme_version,
        "batch": p.batch_number,
    }


@presents(entries.UnitProgrammeEnded)
def _programme_ended(p: entries.UnitProgrammeEnded) -> str:
    said = {"programme": p.programme, "batch": p.batch_number, "alarms": p.alarms}
    if p.ended == "completed":
        completed = ngettext(
            "Programme %(programme)s of batch %(batch)s completed, %(alarms)s alarm",
            "Programme %(programme)s of batch %(batch)s completed, %(alarms)s alarms",
            p.alarms,
        )
        return completed % said
    stopped = ngettext(
        "Programme %(programme)s of batch %(batch)s stopped early, %(alarms)s alarm",
        "Programme %(programme)s of batch %(batch)s stopped early, %(alarms)s alarms",
        p.alarms,
    )
    return stopped % said


@presents(entries.ClaimPlanned)
def _planned(p: entries.ClaimPlanned) -> str:
    return _("%(resource)s booked for batch %(holder)s, %(stage)s") % {
        "resource": p.resource_label,
        "holder": p.holder_label,
        "stage": p.purpose,
    }


@presents(entries.ClaimMoved)
def _moved(p: entries.ClaimMoved) -> str:
    return _("Booking moved to other hours")


@presents(entries.ClaimOccupied)
def _occupied(p: entries.ClaimOccupied) -> str:
    return _("Occupied")


@presents(entries.ClaimExtended)
def _extended(p: entries.ClaimExtended) -> str:
    return _("Runs longer than planned")


@presents(entries.ClaimReleased)
def _released(p: entries.ClaimReleased) -> str:
    return _("Cleared and free") if p.cleaned else _("Left, to be cleaned")


@presents(entries.ClaimWithdrawn)
def _withdrawn(p: entries.ClaimWithdrawn) -> str:
    return _("Booking given back: %(reason)s") % {"reason": p.reason}


@presents(entries.ClaimConflicted)
def _conflicted(p: entries.ClaimConflicted) -> str:
    return _("Booking in conflict: the one before runs longer")


@presents(entries.AlarmSettingSet)
def _setting(p: entries.AlarmSettingSet) -> str:
    said = {
        "watched": p.watched, "version": p.setting_version, "why": p.justification,
        "limits": range_text(p.low, p.high, p.unit), "reason": p.reason,
    }  # fmt: skip
    if not p.reason:
        return _("Alarm limits of %(watched)s set: %(limits)s (%(why)s)") % said
    changed = _(
        "Alarm limits of %(watched)s, version %(version)s: %(limits)s (%(why)s): %(reason)s"
    )
    return changed % said


@presents(entries.AlarmRaised)
def _alarm_raised(p: entries.AlarmRaised) -> str:
    said = {
        "number": p.number, "watched": p.watched, "began": moment_text(p.began),
        "value": _measured(p), "limits": range_text(p.low, p.high, p.unit),
        "version": p.setting_version,
    }  # fmt: skip
    if p.critical:
        return _(
            "Critical alarm %(number)s: %(watched)s %(value)s since %(began)s, limits %(limits)s"
            " (version %(version)s)"
        ) % said  # fmt: skip
    return _(
        "Alarm %(number)s: %(watched)s %(value)s since %(began)s, limits %(limits)s"
        " (version %(version)s)"
    ) % said  # fmt: skip


def _measured(p: entries.AlarmRaised | entries.AlarmCleared) -> str:
    return quantity_text(plain_text(p.value), p.unit)


@presents(entries.AlarmAcknowledged)
def _alarm_acknowledged(p: entries.AlarmAcknowledged) -> str:
    if not p.comment:
        return _("Alarm %(number)s acknowledged") % {"number": p.number}
    said = {"number": p.number, "comment": p.comment}
    return _("Alarm %(number)s acknowledged: %(comment)s") % said


@presents(entries.AlarmCleared)
def _alarm_cleared(p: entries.AlarmCleared) -> str:
    said = {"number": p.number, "value": _measured(p)}
    return _("Alarm %(number)s cleared: %(value)s") % said
