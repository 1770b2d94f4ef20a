"""A review covers the record as it was: what changes the record later voids it, and asks its
reviewer again.

A correction of a step does so in its own act. What changes the record otherwise (results, and
exceptions that a rule raises) concerns nobody's stream but the batch's, and sends a message.
"""

from typing import Final
from uuid import UUID

from batches.entries import BatchReviewed
from batches.findings import EXCEPTION_CAME, RESULT_OF
from batches.models import Batch
from batches.selectors import batch_of
from batches.services.corrections import Standing, standing_signatures, void
from quality.enums import ReviewStanding
from quality.rules import review_standing
from quality.selectors.record import record_of
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.outbox import Message
from records.reading import reading

TOUCHED: Final = "review.touched"


def result_touched(a: Act, batch: UUID, test: str) -> None:
    """Say in the running act that a result of a batch came or changed."""
    _touched(a, batch, f"{RESULT_OF}{test}")


def exception_came(a: Act, batch: UUID) -> None:
    """Say in the running act that a batch has an exception more."""
    _touched(a, batch, EXCEPTION_CAME)


def _touched(a: Act, batch: UUID, changed: str) -> None:
    """Most batches have no review yet, and after the disposition it is history."""
    reviewed = Batch.objects.filter(
        id=batch, reviewed_at__isnull=False, dispositioned_at__isnull=True
    )
    if reviewed.exists():
        a.enqueue(TOUCHED, {"batch": str(batch), "changed": changed})


@acting
def void_review(*, command: Command, batch: UUID, changed: str, message: Message) -> Reply:
    """Void the review of a batch whose record is no more what was signed.

    Appends ``signature.voided`` and to the reviewer ``obligation.incurred``, once; nothing where
    the review still covers the record, was given again, or the batch is dispositioned.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        before = _standing(batch)
    people = [before.signature.person] if before else []
    with act(command, streams=[batch, *people]) as a:
        standing, seen = _standing(batch), batch_of(batch)
        is_void = review_standing(record_of(seen)) == ReviewStanding.VOID
        if before is not None and standing == before and is_void:
            void(a, seen, before, changed=changed)
        a.done(message)
    return a.reply


def _standing(batch: UUID) -> Standing | None:
    """Return the last review that nothing has voided: a later one replaced those before."""
    found = [one for one in standing_signatures(batch) if one.about == BatchReviewed.kind]
    last = found[-1] if found else None
    given = Batch.objects.filter(id=batch).values_list("reviewed_at", flat=True).first()
    return last if last and last.signature.at == given else None
