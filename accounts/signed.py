"""What signatures on roles and documents are under, told anew for the self-check of records."""

from accounts.approval_entries import RoleApprovalAnswered
from accounts.document_entries import DocumentApproved
from accounts.document_exceptions import TextLost
from accounts.documents import kept, version
from accounts.models import RoleApproval
from accounts.selectors import person_of
from accounts.services.approvals import answered_content
from accounts.services.documents import content_of
from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound
from records.folding import Folded
from records.reading import the_one
from records.signed import signed_under


@signed_under(RoleApprovalAnswered)
def _answered(e: Folded[RoleApprovalAnswered]) -> JSON:
    """The grant as it was asked about, and the answer; nobody's printed name ever changes."""
    asked = the_one(RoleApproval.objects.filter(id=e.payload.assignment))
    name = person_of(asked.person_id).printed_name
    return answered_content(asked, name=name, approved=e.payload.approved, reason=e.payload.reason)


@signed_under(DocumentApproved)
def _document_approved(e: Folded[DocumentApproved]) -> JSON:
    """The version, which never changes; its text has to be there as it was put forward."""
    seen = version(e.payload.revision)
    try:
        kept(seen)
    except TextLost:
        raise NotFound() from None
    return content_of(seen)
