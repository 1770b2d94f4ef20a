"""Sentences for people about the entries of materials."""

from django.utils.translation import gettext as _

from materials import entries as e
from materials.enums import LabelState
from materials.numbers import plain
from mes.ui.text import part_text, quantity_text
from records.presenters import presents


@presents(e.LotReceived)
def _lot_received(p: e.LotReceived) -> str:
    return _("Received %(quantity)s from %(supplier)s, into quarantine") % {
        "quantity": quantity_text(plain(p.quantity), p.unit), "supplier": p.supplier
    }  # fmt: skip


@presents(e.LotReleased)
def _lot_released(p: e.LotReleased) -> str:
    return _("Released for use: %(basis)s") % {"basis": p.basis}


@presents(e.LotWasRejected)
def _lot_rejected(p: e.LotWasRejected) -> str:
    return _("Rejected: %(reason)s") % {"reason": p.reason}


@presents(e.LotQuarantined)
def _lot_quarantined(p: e.LotQuarantined) -> str:
    return _("Put into quarantine: %(reason)s") % {"reason": p.reason}


@presents(e.LotConsumed)
def _lot_consumed(p: e.LotConsumed) -> str:
    return _("%(quantity)s taken at step %(step)s") % {
        "quantity": quantity_text(plain(p.quantity), ""), "step": part_text(p.step)
    }  # fmt: skip


@presents(e.ContainerMade)
def _made(p: e.ContainerMade) -> str:
    return _("Container %(label)s made") % {"label": p.label}


@presents(e.ContainerReceived)
def _received(p: e.ContainerReceived) -> str:
    if p.doubt:
        return _("Container %(label)s received into quarantine: %(doubt)s") % {
            "label": p.label, "doubt": p.doubt
        }  # fmt: skip
    return _("Container %(label)s received") % {"label": p.label}


@presents(e.ContainerFilled)
def _filled(p: e.ContainerFilled) -> str:
    return _("Filled with %(quantity)s at %(step)s") % {
        "quantity": quantity_text(plain(p.quantity), p.unit), "step": part_text(p.step)
    }  # fmt: skip


@presents(e.ContainerDrawn)
def _drawn(p: e.ContainerDrawn) -> str:
    return _("%(quantity)s drawn at %(step)s") % {
        "quantity": quantity_text(plain(p.quantity), p.unit), "step": part_text(p.step)
    }  # fmt: skip


@presents(e.ContainerClockStarted)
def _clock_started(p: e.ContainerClockStarted) -> str:
    said = {"clock": p.clock, "step": part_text(p.step)}
    return _("Its clock “%(clock)s” began at %(step)s") % said


@presents(e.ContainerMoved)
def _moved(p: e.ContainerMoved) -> str:
    return _("Moved to %(location)s") % {"location": p.location}


@presents(e.ContainerStored)
def _stored(p: e.ContainerStored) -> str:
    return _("Stored at %(location)s") % {"location": p.location}


@presents(e.ContainerConsumed)
def _consumed(p: e.ContainerConsumed) -> str:
    return _("Used up at %(step)s") % {"step": part_text(p.step)}


@presents(e.ContainerReleased)
def _released(p: e.ContainerReleased) -> str:
    return _("Released: %(basis)s") % {"basis": p.basis}


@presents(e.ContainerQuarantined)
def _quarantined(p: e.ContainerQuarantined) -> str:
    return _("Put into quarantine: %(reason)s") % {"reason": p.reason}


@presents(e.ContainerVoided)
def _voided(p: e.ContainerVoided) -> str:
    return _("Void: %(reason)s") % {"reason": p.reason}


@presents(e.LabelIssued)
def _label_issued(p: e.LabelIssued) -> str:
    return _("Label %(code)s printed") % {"code": p.code}


@presents(e.LabelApplied)
def _label_applied(p: e.LabelApplied) -> str:
    return _("Label applied and read back")


@presents(e.LabelVoided)
def _label_voided(p: e.LabelVoided) -> str:
    said = {"outcome": LabelState(p.outcome).label, "reason": p.reason}
    return _("Label %(outcome)s: %(reason)s") % said
