"""Sentences of the audit trail about the documents of the system."""

from django.utils.translation import gettext as _

from accounts import document_entries as said
from records.presenters import presents


@presents(said.DocumentPutForward)
def _put_forward(p: said.DocumentPutForward) -> str:
    return _("%(title)s, version %(number)s put forward: %(changes)s") % p.model_dump()


@presents(said.DocumentApproved)
def _approved(p: said.DocumentApproved) -> str:
    said_of = {"title": p.title, "number": p.number, "by": p.signature.printed_name}
    return _("%(title)s, version %(number)s approved by %(by)s") % said_of


@presents(said.DocumentReturned)
def _returned(p: said.DocumentReturned) -> str:
    return _("%(title)s, version %(number)s sent back: %(reason)s") % p.model_dump()
