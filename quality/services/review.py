"""The review of a batch record, signed (21 CFR 211.192; draft Annex 11, 12.5)."""

from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof
from batches.entries import BatchReviewed
from batches.selectors import batch_of
from batches.services.corrections import owing_review, review_given
from quality import rules
from quality.exceptions import RecordChanged
from quality.selectors.record import BatchRecord, record_of
from quality.services.signing import signed
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading

REVIEWED = gettext_noop("I reviewed this batch record; every exception is judged.")


@acting
def sign_review(*, command: Command, batch: UUID, content_hash: str, proof: Proof) -> Reply:
    """Sign the review of a complete record, every exception judged.

    ``content_hash`` is that of the record as it was shown. Raises RecordChanged, GatesOpen,
    NotIndependent, AlreadyReviewed, AlreadyDispositioned. Appends ``batch.reviewed``; it takes
    the place of a review that a correction voided.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        owing = owing_review([batch])
    with act(command, streams=[batch, *owing]) as a:
        check_permission(a.actor, Permission.QUALITY_REVIEW)
        record = record_of(batch_of(batch))
        sign_record(a, record, proof=proof, shown=content_hash)
        a.reply = {"batch": str(batch), "content_hash": content_hash}
    return a.reply


def sign_record(a: Act, record: BatchRecord, *, proof: Proof, shown: str) -> None:
    """Sign the review of one record in a running act. Raises as ``sign_review``.

    The streams of those who owe the review again are locked: a correction after they were read
    has changed the record, and is refused here.
    """
    rules.check_reviewable(record, proof.person, name=proof.printed_name)
    if record.content_hash != shown:
        raise RecordChanged()
    signature = signed(
        a, proof, meaning=REVIEWED, content=record.content,
        permission=Permission.QUALITY_REVIEW, parts=("record",),
    )  # fmt: skip
    a.append(record.batch.id, BatchReviewed(signature=signature))
    review_given(a, record.batch.id, signature)
