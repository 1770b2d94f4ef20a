"""From entries to the versions of the documents of the system."""

from accounts.document_entries import DocumentApproved, DocumentPutForward, DocumentReturned
from accounts.models import DocumentVersion
from records.folding import Folded, change, create, fold


@fold(DocumentPutForward)
def _put_forward(e: Folded[DocumentPutForward]) -> None:
    p = e.payload
    create(
        DocumentVersion, e,
        id=p.revision, path=p.path, title=p.title, number=p.number, file=p.file,
        predecessor_id=p.predecessor, changes=p.changes, author=e.actor, author_name=e.actor_name,
        put_forward_at=e.at,
    )  # fmt: skip


@fold(DocumentApproved)
def _approved(e: Folded[DocumentApproved]) -> None:
    by = e.payload.signature
    change(
        DocumentVersion.objects.filter(id=e.payload.revision), e,
        approver=by.person, approver_name=by.printed_name, approved_at=e.at,
    )  # fmt: skip


@fold(DocumentReturned)
def _returned(e: Folded[DocumentReturned]) -> None:
    change(
        DocumentVersion.objects.filter(id=e.payload.revision), e,
        returned_at=e.at, returned_by_name=e.actor_name, return_reason=e.payload.reason,
    )  # fmt: skip
