"""Sentences for people about the entries of orders."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import entries as e
from records.presenters import presents


@presents(e.PatientEntered)
def _patient(p: e.PatientEntered) -> str:
    return _("Patient %(pseudonym)s entered") % {"pseudonym": p.pseudonym}


@presents(e.IdentityRecorded)
def _identity(p: e.IdentityRecorded) -> str:
    return _("Identity recorded, sealed")


@presents(e.IdentityShown)
def _shown(p: e.IdentityShown) -> str:
    return _("Identity looked at: %(purpose)s") % {"purpose": p.purpose}


@presents(e.PatientWasErased)
def _erased(p: e.PatientWasErased) -> str:
    return _("Identity erased: %(reason)s") % {"reason": p.reason}


@presents(e.RegisterOpened)
def _register(p: e.RegisterOpened) -> str:
    return _("Register of identity opened for facility %(code)s") % {"code": p.facility}


@presents(e.CoiIssued)
def _issued(p: e.CoiIssued) -> str:
    return _("%(coi)s issued") % {"coi": p.coi}


@presents(e.OrderEntered)
def _entered(p: e.OrderEntered) -> str:
    return _("Order entered for %(centre)s; %(coi)s issued") % {
        "centre": p.centre_name, "coi": p.coi
    }  # fmt: skip


@presents(e.OrderCentreSet)
def _centre_set(p: e.OrderCentreSet) -> str:
    return _("Order of %(centre)s: %(reason)s") % {"centre": p.centre_name, "reason": p.reason}


@presents(e.OrderCancelled)
def _cancelled(p: e.OrderCancelled) -> str:
    return _("Order cancelled: %(reason)s") % {"reason": p.reason}


@presents(e.OrderInManufacture)
def _manufacture(p: e.OrderInManufacture) -> str:
    return _("Batch %(number)s issued") % {"number": p.batch_number}


@presents(e.OrderReleased)
def _released(p: e.OrderReleased) -> str:
    return _("Product released")


@presents(e.OrderClosed)
def _closed(p: e.OrderClosed) -> str:
    return _("Order closed: %(outcome)s") % {"outcome": p.outcome}


@presents(e.CollectionAnnounced)
def _announced(p: e.CollectionAnnounced) -> str:
    return ngettext(
        "Collection %(din)s announced, %(bags)s bag",
        "Collection %(din)s announced, %(bags)s bags",
        p.bags,
    ) % {"din": p.din, "bags": p.bags}


@presents(e.CollectionReceived)
def _received(p: e.CollectionReceived) -> str:
    if p.doubt:
        return _("Bag %(label)s received into quarantine: %(doubt)s") % {
            "label": p.label, "doubt": p.doubt
        }  # fmt: skip
    return _("Bag %(label)s received against two identifiers") % {"label": p.label}


@presents(e.CollectionSetApart)
def _set_apart(p: e.CollectionSetApart) -> str:
    return _("Bag %(label)s set apart, identity not proven: %(reason)s") % {
        "label": p.label, "reason": p.reason
    }  # fmt: skip


@presents(e.OrderDoubtCleared)
def _doubt_cleared(p: e.OrderDoubtCleared) -> str:
    return _("Doubt cleared: %(basis)s") % {"basis": p.basis}
