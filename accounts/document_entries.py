"""What the ledger says of the documents of the system: each version, and who approved it."""

from uuid import UUID

from records.entries import Payload, entry
from records.signatures import Signature

DOCUMENT = "system-document"


@entry("system_document.put_forward", version=1, stream=DOCUMENT)
class DocumentPutForward(Payload):
    """The text that ships under ``path`` shall be the next version; the actor is its author.

    ``file`` is the hash of its bytes, under which they are kept; ``predecessor`` the version that
    was in force then, None for the first one.
    """

    revision: UUID
    path: str
    title: str
    number: int
    file: str
    predecessor: UUID | None
    changes: str


@entry("system_document.approved", version=1, stream=DOCUMENT)
class DocumentApproved(Payload):
    """The version is in force from now on."""

    revision: UUID
    title: str
    number: int
    signature: Signature


@entry("system_document.returned", version=1, stream=DOCUMENT)
class DocumentReturned(Payload):
    """The version was not approved, or taken back by its author; it stays in the history."""

    revision: UUID
    title: str
    number: int
    reason: str
