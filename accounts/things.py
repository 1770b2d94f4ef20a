"""What of people and access stands in the audit trail: streams, and kinds of entries in words."""

from uuid import UUID

from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.document_entries import DOCUMENT
from accounts.models import (
    AccessReviewItem,
    Device,
    DocumentVersion,
    Person,
    RoleApproval,
    RoleAssignment,
    Site,
    TreatmentCentre,
)
from accounts.permissions import role_title
from records.models import Stream
from records.things import evaluates, found_by, labels_of, says, thing, words


def _documents(text: str) -> list[UUID]:
    """Return the documents with this path, or these words in the title of a version."""
    rows = DocumentVersion.objects.filter(Q(path__iexact=text) | Q(title__icontains=text))
    return list(rows.values_list("stream", flat=True).distinct())


_called = found_by(Person, "printed_name__icontains", "username", "badge")


def _people(text: str) -> list[UUID]:
    """Return the people of this name, user name or badge whose record this site may read."""
    seen = Stream.objects.seen().filter(id__in=_called(text))
    return list(seen.values_list("id", flat=True))


thing(
    "person", _("Person"), retention="people", page="accounts:person",
    labels=labels_of(Person, "printed_name"),
    find=_people,
)  # fmt: skip
thing(
    "device", _("Tablet"), retention="people",
    labels=labels_of(Device, "code"), find=found_by(Device, "code", "label"),
)  # fmt: skip
thing(
    "site", _("Site"), retention="quality-system",
    labels=labels_of(Site, "code"), find=found_by(Site, "code", "name"),
)  # fmt: skip
thing(
    "centre", _("Treatment centre"), retention="traceability", page="accounts:centre",
    labels=labels_of(TreatmentCentre, "code", Value(" "), "name"),
    find=found_by(TreatmentCentre, "code", "name__icontains"),
)  # fmt: skip
thing(
    DOCUMENT, _("Document of the system"), retention="quality-system",
    labels=labels_of(DocumentVersion, "title", stream="stream"), find=_documents,
)  # fmt: skip
thing("access-review", _("Review of accounts"), retention="people")
thing("sign-in", _("Register of sign-in"), retention="people")

words({
    "site.opened": _("Site opened"),
    "person.joined": _("Person joined"),
    "person.disabled": _("Account disabled"),
    "person.enabled": _("Account enabled again"),
    "person.sessions_ended": _("Sessions ended"),
    "badge.tested": _("Badge tested"),
    "policy.acknowledged": _("Policy of signatures acknowledged"),
    "second_person.set": _("Place of a second person set"),
    "access_review.opened": _("Review of accounts opened"),
    "access_review.decided": _("Account reviewed"),
    "centre.registered": _("Treatment centre registered"),
    "centre.renamed": _("Treatment centre renamed"),
    "centre.closed": _("Treatment centre closed"),
    "centre.reopened": _("Treatment centre opened again"),
    "person.centre_set": _("Treatment centre of a person set"),
    "system_document.put_forward": _("Version of a document put forward"),
    "system_document.approved": _("Version of a document approved"),
    "system_document.returned": _("Version of a document sent back"),
    "role.granted": _("Role granted"),
    "role.approval_asked": _("Approver of a role asked"),
    "role.approval_answered": _("Approval of a role answered"),
    "role.revoked": _("Role revoked"),
    "credential.changed": _("Secret set"),
    "credential.unblocked": _("Sign-in unblocked"),
    "qualification.granted": _("Qualified"),
    "qualification.failed": _("Assessment failed"),
    "qualification.withdrawn": _("Qualification withdrawn"),
    "qualification.asked": _("Qualification asked by the site"),
    "procedure.versioned": _("Procedure in a new version"),
    "shift.set": _("Shift set"),
    "shift.ended": _("Shift ended"),
    "duty.rostered": _("Rostered"),
    "duty.cancelled": _("Taken off the roster"),
    "absence.noted": _("Absence noted"),
    "absence.ended": _("Absence ended"),
    "person.reachable": _("Telephone number set"),
    "obligation.incurred": _("Obligation incurred"),
    "obligation.met": _("Obligation met"),
    "period.opened": _("Signed in"),
    "period.closed": _("Signed out"),
    "device.enrolled": _("Tablet enrolled"),
    "device.placed": _("Tablet moved"),
    "device.linked": _("Tablet linked"),
    "device.retired": _("Tablet retired"),
    "idle_time.set": _("Idle time set"),
    "sign_in.alarmed": _("Alarm of sign-in"),
    "sign_in.alarm_answered": _("Alarm of sign-in answered"),
    "sign_in.tries_refused": _("Tries of a secret refused"),
    "sign_in.tries_answered": _("Wrong tries answered for"),
    "sign_in.linked": _("Single sign-on linked"),
    "sign_in.unlinked": _("Single sign-on unlinked"),
    "factor.added": _("Second factor added"),
    "factor.removed": _("Second factor removed"),
})  # fmt: skip

says(RoleApproval, role=role_title)
says(RoleAssignment, role=role_title)
says(AccessReviewItem, roles=role_title)
evaluates(
    "configuration", "site.opened", "idle_time.set", "second_person.set", "shift.set",
    "shift.ended", "qualification.asked", "procedure.versioned", "device.enrolled",
    "device.placed", "device.linked", "device.retired", "system_document.put_forward",
    "system_document.approved", "system_document.returned",
)  # fmt: skip
evaluates(
    "people", "person.joined", "person.disabled", "role.granted", "role.revoked",
    "credential.changed", "credential.unblocked", "sign_in.linked", "sign_in.unlinked",
    "factor.added", "factor.removed",
)  # fmt: skip
evaluates("access", "access_review.opened", "access_review.decided")
evaluates("attempts", "sign_in.alarmed", "sign_in.alarm_answered", "sign_in.tries_answered")
