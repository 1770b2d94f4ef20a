"""Sentences of plans in the audit trail."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mes.lib.refusals import Refusal
from planning import entries
from records.presenters import presents


@presents(entries.BoardOpened)
def _opened(p: entries.BoardOpened) -> str:
    return _("The board was opened")


@presents(entries.PlanNumbered)
def _numbered(p: entries.PlanNumbered) -> str:
    return _("Plan %(number)s was numbered") % {"number": p.number}


@presents(entries.BoardChanged)
def _changed(p: entries.BoardChanged) -> str:
    return _("Board version %(version)s") % {"version": p.becomes}


@presents(entries.PlanRequested)
def _requested(p: entries.PlanRequested) -> str:
    return _("Plan %(number)s was asked for batch %(batch)s") % {
        "number": p.number,
        "batch": p.batch_label,
    }


@presents(entries.PlanProposed)
def _proposed(p: entries.PlanProposed) -> str:
    n = len(p.bookings)
    said = ngettext("Proposed with %(count)s booking", "Proposed with %(count)s bookings", n)
    return said % {"count": n}


@presents(entries.PlanFailed)
def _failed(p: entries.PlanFailed) -> str:
    return str(Refusal.revive(code=p.code, params=dict(p.params), field=None))


@presents(entries.PlanAccepted)
def _accepted(p: entries.PlanAccepted) -> str:
    n = len(p.claims)
    said = ngettext("Accepted; %(count)s claim was made", "Accepted; %(count)s claims were made", n)
    return said % {"count": n}


@presents(entries.PlanRejected)
def _rejected(p: entries.PlanRejected) -> str:
    return _("Rejected: %(reason)s") % {"reason": p.reason}


@presents(entries.PlanSuperseded)
def _superseded(p: entries.PlanSuperseded) -> str:
    return _("Replaced by a newer request")
