"""The acts of a review besides the signature: sent back, commented, answered, resolved."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import can, check_permission
from mes.lib.ids import uuid7
from recipes import rules
from recipes.entries import (
    RecipeCommented,
    RecipeCommentReplied,
    RecipeCommentResolved,
    RecipeSentBack,
)
from recipes.enums import VersionStatus
from recipes.exceptions import ReasonMissing
from recipes.models import RecipeVersion
from recipes.selectors import comment_of, document, version_of
from recipes.workflow import check_can_become
from records.act import Act, act, acting
from records.commands import Command, Reply

LONGEST = 2000


@acting
def send_back(*, command: Command, version: UUID, seq: int, reason: str) -> Reply:
    """Make a version in review a draft again: no signature on it stands any more.

    Its document stays as it is. A draft that is written on from it supersedes it. Raises
    ReasonMissing, NotAllowedNow, NotAllowed, Stale. Appends ``recipe.sent_back``.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    with act(command, streams=[version]) as a:
        check_permission(a.actor, Permission.RECIPES_APPROVE)
        check_can_become(version_of(version).status, VersionStatus.DRAFT)
        a.expect(version, seq)
        a.append(version, RecipeSentBack(reason=reason.strip()[:LONGEST]))
        a.reply = {"version": str(version), "status": VersionStatus.DRAFT}
    return a.reply


@acting
def comment(*, command: Command, version: UUID, path: str, text: str) -> Reply:
    """Write a comment at a place of a version in review; it waits for an answer.

    ``path`` is that of a stage, an operation or a step; empty for the whole. Raises TextMissing,
    NoSuchPlace, NotInReview, NotAllowed. Appends ``recipe.commented``.
    """
    said = rules.check_said(text)[:LONGEST]
    with act(command, streams=[version]) as a:
        row = _under_review(a, version)
        rules.check_place(document(row.content_hash), path)
        new = uuid7()
        a.append(version, RecipeCommented(comment=new, path=path, text=said))
        a.reply = {"comment": str(new)}
    return a.reply


@acting
def reply_to(*, command: Command, version: UUID, comment: UUID, text: str) -> Reply:
    """Add words to a comment: an answer, or the asker's next question.

    Raises TextMissing, CommentEnded, NotInReview, NotAllowed, NotFound. Appends
    ``recipe.comment_replied``.
    """
    said = rules.check_said(text)[:LONGEST]
    with act(command, streams=[version]) as a:
        _under_review(a, version)
        rules.check_goes_on(comment_of(version, comment))
        a.append(version, RecipeCommentReplied(comment=comment, text=said))
        a.reply = {"comment": str(comment)}
    return a.reply


@acting
def resolve(*, command: Command, version: UUID, comment: UUID, text: str) -> Reply:
    """Settle a comment, saying how: the asker, or another approver who did not write the version.

    Raises TextMissing, NotYoursToResolve, CommentEnded, NotInReview, NotAllowed, NotFound.
    Appends ``recipe.comment_resolved``.
    """
    said = rules.check_said(text)[:LONGEST]
    with act(command, streams=[version]) as a:
        row = _under_review(a, version)
        found = comment_of(version, comment)
        rules.check_goes_on(found)
        rules.check_may_resolve(row, found, person=a.actor.person)
        a.append(version, RecipeCommentResolved(comment=comment, text=said))
        a.reply = {"comment": str(comment)}
    return a.reply


def _under_review(a: Act, version: UUID) -> RecipeVersion:
    """Return the version as it is under the lock; who writes or approves talks about it."""
    if not can(a.actor, Permission.RECIPES_WRITE):
        check_permission(a.actor, Permission.RECIPES_APPROVE)
    row = version_of(version)
    rules.check_in_review(row)
    return row
