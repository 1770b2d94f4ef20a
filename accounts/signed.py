"""What signatures on people's roles are under, told once more for the self-check of records."""

from accounts.approval_entries import RoleApprovalAnswered
from accounts.models import RoleApproval
from accounts.selectors import person_of
from accounts.services.approvals import answered_content
from mes.lib.evidence import JSON
from records.folding import Folded
from records.reading import the_one
from records.signed import signed_under


@signed_under(RoleApprovalAnswered)
def _answered(e: Folded[RoleApprovalAnswered]) -> JSON:
    """The grant as it was asked about, and the answer; nobody's printed name ever changes."""
    asked = the_one(RoleApproval.objects.filter(id=e.payload.assignment))
    name = person_of(asked.person_id).printed_name
    return answered_content(asked, name=name, approved=e.payload.approved, reason=e.payload.reason)
