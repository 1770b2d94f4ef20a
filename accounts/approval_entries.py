"""What the ledger says of the approval of roles: who is asked, and what they answered."""

from uuid import UUID

from records.entries import Payload, entry
from records.signatures import Signature


@entry("role.approval_asked", version=1, stream="person")
class RoleApprovalAsked(Payload):
    """The person who approved a granted role is asked to confirm it; ``granted_by`` named them."""

    assignment: UUID
    site: UUID
    role: str
    approver: UUID
    approver_name: str
    granted_by: UUID | None
    granted_by_name: str
    paper: str


@entry("role.approval_answered", version=1, stream="person")
class RoleApprovalAnswered(Payload):
    """The approver says by signature whether they approved the role; if not, it is revoked."""

    assignment: UUID
    role: str
    approved: bool
    reason: str
    signature: Signature
