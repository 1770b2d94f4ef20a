"""What people owe about qualifications (a renewal, training on a new version) and roles."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.owed import owed
from accounts.permissions import role_title
from accounts.services import documents
from accounts.services.approvals import APPROVES
from accounts.services.qualifications import LAPSES, OUTDATED


def _lapses(words: Mapping[str, str]) -> str:
    until = timezone.localtime(datetime.fromisoformat(words["until"]))
    said = {"label": words["label"], "until": formats.date_format(until, "j M Y")}
    return _("Renew your qualification for %(label)s: it ends on %(until)s") % said


def _outdated(words: Mapping[str, str]) -> str:
    return _("Train on %(label)s v%(number)s: your qualification is for an older version") % words


def _approves(words: Mapping[str, str]) -> str:
    said = {"role": role_title(words["role"]), "person": words["person"]}
    return _("Say whether you approved the role %(role)s for %(person)s") % said


def _approval(subject: UUID, _place: str) -> str:
    return reverse("accounts:approval", args=[subject])


def _nowhere(_subject: UUID, _place: str) -> str:
    """Nobody renews their own: the trainer does it."""
    return ""


def _approves_document(words: Mapping[str, str]) -> str:
    return _("Approve %(title)s, version %(number)s, or send it back") % words


def _revision(subject: UUID, _place: str) -> str:
    return reverse("accounts:revision", args=[subject])


owed(documents.APPROVES, sentence=_approves_document, url=_revision)
owed(LAPSES, sentence=_lapses, url=_nowhere)
owed(OUTDATED, sentence=_outdated, url=_nowhere)
owed(APPROVES, sentence=_approves, url=_approval)
