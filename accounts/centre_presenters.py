"""Sentences of the audit trail about treatment centres."""

from django.utils.translation import gettext as _

from accounts import centre_entries as said
from records.presenters import presents


@presents(said.CentreRegistered)
def _centre_registered(p: said.CentreRegistered) -> str:
    return _("Treatment centre %(code)s %(name)s registered") % p.model_dump()


@presents(said.CentreRenamed)
def _centre_renamed(p: said.CentreRenamed) -> str:
    return _("Renamed from %(previous)s to %(name)s: %(reason)s") % p.model_dump()


@presents(said.CentreClosed)
def _centre_closed(p: said.CentreClosed) -> str:
    return _("Treatment centre closed: %(reason)s") % p.model_dump()


@presents(said.CentreReopened)
def _centre_reopened(p: said.CentreReopened) -> str:
    return _("Treatment centre opened again: %(reason)s") % p.model_dump()


@presents(said.CentreSet)
def _centre_set(p: said.CentreSet) -> str:
    said_of = {"centre": p.centre_name, "reason": p.reason}
    if p.centre is None:
        return _("Belongs to no treatment centre any more; %(reason)s") % said_of
    return _("Belongs to treatment centre %(centre)s; %(reason)s") % said_of
