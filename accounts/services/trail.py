"""Acts around the audit trail: its review, signed; its export, noted.

They stand here because they sign and ask for permissions under the lock; entries, rows and what a
part of the trail is are those of ``records``.
"""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts import rules
from accounts.exceptions import CommentMissing
from accounts.permissions import Permission
from accounts.review_exceptions import ReviewerIsAnother
from accounts.services.ceremony import Proof, check_shown, sign
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import New, act, acting
from records.commands import Command, Reply
from records.exceptions import ReasonMissing
from records.retention import refusal_to_delete
from records.reviews import (
    TRAIL,
    Asked,
    TrailExported,
    TrailReviewed,
    part_of,
    trail_of_site,
)
from records.selectors import head_of

REVIEWED = gettext_noop("I reviewed this part of the audit trail, in which I had no part.")
LONGEST = 4000


def _own_stream(command: Command) -> New:
    if command.actor.site is None:
        raise NotFound()
    site = command.actor.site
    return New(TRAIL, trail_of_site(site), site, may_exist=True)


@acting
def review_trail(
    *, command: Command, asked: Asked, comment: str, proof: Proof, shown: str | None = None
) -> Reply:
    """Sign that a part of the trail was reviewed; appends ``trail.reviewed``.

    ``shown`` is the hash of what the reviewer saw, before their comment. Raises NotAllowed,
    ReviewerIsAnother, CommentMissing, ShownHasChanged, OwnEntries, PeriodNotOver,
    NothingToReview, TrailTooLong, NotFound.
    """
    there = _own_stream(command)
    with act(command, new=[there]) as a:
        rules.check_permission(a.actor, Permission.RECORDS_REVIEW)
        if proof.person != a.actor.person:
            raise ReviewerIsAnother(signer=proof.printed_name, person=a.actor.name)
        text = comment.strip()[:LONGEST]
        if not text:
            raise CommentMissing(field="comment")
        found = part_of(asked, reviewer=proof.person, name=proof.printed_name, now=a.now)
        check_shown(shown, found.content(""))
        signature = sign(
            a, proof, meaning=REVIEWED, content=found.content(text),
            permission=Permission.RECORDS_REVIEW, parts=(found.label,),
        )  # fmt: skip
        review = uuid7()
        said = TrailReviewed(
            review=review, about=found.about, label=found.label, upto=found.upto,
            since=found.since, until=found.until, entries=len(found.covered), own=found.own,
            digest=found.digest, comment=text, signature=signature,
        )  # fmt: skip
        a.append(there.id, said)
        a.reply = {"review": str(review)}
    return a.reply


@acting
def delete_record(*, command: Command, stream: UUID, reason: str) -> Reply:
    """Refuse to delete a record, and keep the attempt on its stream: there is no deletion.

    Raises NotAllowed, NotFound, ReasonMissing, RetentionRuns, RetentionHasNoEnd,
    DeletionNotOffered.
    """
    with act(command, streams=[stream]) as a:
        rules.check_permission(a.actor, Permission.RECORDS_REVIEW)
        head = head_of(stream)
        if not reason.strip():
            raise ReasonMissing(field="reason")
        raise refusal_to_delete(head, now=a.now)


@acting
def note_export(
    *, command: Command, form: str, asked: Mapping[str, str], entries: int, sha256: str
) -> Reply:
    """Note that a part of the trail was taken along; appends ``trail.exported``.

    Raises NotAllowed. The file is handed over only after this.
    """
    there = _own_stream(command)
    with act(command, new=[there]) as a:
        rules.check_permission(a.actor, Permission.RECORDS_READ)
        said = TrailExported(form=form, asked=dict(asked), entries=entries, sha256=sha256)
        a.append(there.id, said)
        a.reply = {"entries": entries}
    return a.reply
