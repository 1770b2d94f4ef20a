"""The batch record as a document: asked for by a person, written by a worker."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.selectors import batch_of
from mes.lib.ids import uuid7
from quality.entries import DossierRendered, DossierRequested
from quality.models import Dossier
from records.act import act, acting
from records.commands import Command, Reply
from records.models import StoredFile
from records.outbox import Message
from records.reading import the_one

REQUESTED = "dossier.requested"


def dossier_of(dossier: UUID) -> Dossier:
    """Return a dossier of this site. Raises NotFound."""
    return the_one(Dossier.objects.filter(id=dossier))


@acting
def request_dossier(*, command: Command, batch: UUID) -> Reply:
    """Ask for the batch record as PDF; a worker writes it (message ``dossier.requested``).

    Appends ``dossier.requested``. Raises NotFound, NotAllowed.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_READ)
        batch_of(batch)
        number = Dossier.objects.filter(batch=batch).count() + 1
        dossier = uuid7()
        a.append(batch, DossierRequested(dossier=dossier, number=number))
        a.enqueue(REQUESTED, {"batch": str(batch), "dossier": str(dossier)})
        a.reply = {"dossier": str(dossier), "number": number}
    return a.reply


@acting
def keep_dossier(
    *, command: Command, dossier: UUID, batch: UUID, file: StoredFile, upto: int, record: str,
    message: Message,
) -> Reply:  # fmt: skip
    """Name a written document on the batch's stream; appends ``dossier.rendered``.

    ``record`` is the seal of the readable record that stands in it.
    """
    with act(command, streams=[batch]) as a:
        said = DossierRendered(
            dossier=dossier, sha256=file.sha256, size=file.size, upto=upto, record=record
        )
        a.append(batch, said)
        a.done(message)
        a.reply = {"sha256": file.sha256}
    return a.reply
